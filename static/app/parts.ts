// Parts that the administrators' pages are made of: cards, tables, tags, times.
import { el } from './dom.ts';
import * as format from './format.ts';
import { t, type TextName } from './texts.ts';

type Child = Node | string | null;

export function tag(kind: 'good' | 'warn' | 'bad' | '', name: TextName, values: Record<string, string | number> = {}): HTMLElement {
    return el('span', { class: `tag ${kind}`.trim() }, t(name, values));
}

/** A time for people; the exact one on pointing at it. */
export function when(at: number | null, now: number | null = null): Node | string {
    return at === null ? t('never')
        : el('time', { datetime: new Date(at * 1000).toISOString(), title: format.dateTime(at) },
            now === null ? format.dateTime(at) : format.age(at, now));
}

export function button(label: string, run: (pressed: HTMLButtonElement) => void, kind = ''): HTMLButtonElement {
    const node = el('button', { type: 'button', class: `button small ${kind}`.trim() }, label);
    node.addEventListener('click', () => run(node));
    return node;
}

export interface Column {
    name: TextName;
    /** For screen readers alone. */
    hidden?: boolean;
}

/** On narrow screens rows are cards, and each value has its column's name beside it. */
export function table(columns: Column[], rows: Child[][], caption: string): HTMLElement {
    const head = columns.map(({ name, hidden }) => el('th', { scope: 'col' },
        hidden ? el('span', { class: 'visually-hidden' }, t(name)) : t(name)));
    const body = rows.map((cells) => el('tr', {}, ...cells.map((cell, i) =>
        el('td', { 'data-label': columns[i] && !columns[i].hidden ? t(columns[i].name) : null }, cell))));
    return el('div', { class: 'scroll' }, el('table', { class: 'table labelled' },
        el('caption', { class: 'visually-hidden' }, caption), el('thead', {}, el('tr', {}, ...head)), el('tbody', {}, ...body)));
}

export function facts(rows: [TextName, Child][]): HTMLElement {
    return el('dl', { class: 'facts' }, ...rows.flatMap(([name, value]) => [el('dt', {}, t(name)), el('dd', {}, value)]));
}

/** A long part that scrolls by itself, by keys too. */
export function scroller(name: string, inner: Node): HTMLElement {
    return el('div', { class: 'scroller', role: 'group', 'aria-label': name, tabindex: '0' }, inner);
}
