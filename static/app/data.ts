// What is stored, table by table: narrowed, looked at, deleted; what was set aside is read again.
import { ask } from './ask.ts';
import { callApi, type Answer } from './calls.ts';
import { apiQuery, formatState, parseState, type DataState } from './data-state.ts';
import { drawFilters, select, userNames } from './data-filters.ts';
import { tableNames, tableOf, type TableName } from './data-tables.ts';
import { byId, el, setText } from './dom.ts';
import * as format from './format.ts';
import { startPage } from './forms.ts';
import { list, number, text, type Json } from './json.ts';
import { isObject } from './model.ts';
import { button, facts, table } from './parts.ts';
import { showRemoved, type Kind } from './removed.ts';
import { t, type TextName } from './texts.ts';
import { toast } from './toast.ts';
import { openWindow } from './window.ts';

let state = parseState(location.search);
let rows: Json[] = [];
let next: string | null = null; // cursor behind the rows
const chosen = new Set<number>();
const DELETE_TEXTS: Partial<Record<TableName, TextName>> = { locations: 'dataDeleteKept', geofences: 'dataDeleteKept', requests: 'dataDeleteRequests' };
const KEPT: Partial<Record<TableName, Kind>> = { locations: 'positions', geofences: 'places' };
let readRemoved: (() => void) | null = null; // below what comes back

const idOf = (row: Json): number => number(row, 'id') ?? 0;
const path = (rest = ''): string => `/api/admin/data/${state.table}/${rest}`;

// ---- rows

function checkbox(row: Json): HTMLElement {
    const box = el('input', { type: 'checkbox', 'aria-label': t('dataChoose', { name: tableOf(state.table).label(row) }) });
    box.checked = chosen.has(idOf(row));
    box.addEventListener('change', () => {
        if (box.checked) {
            chosen.add(idOf(row));
        } else {
            chosen.delete(idOf(row));
        }
        drawDeeds();
    });
    return el('label', { class: 'tick' }, box);
}

function rowButtons(row: Json): HTMLElement | string {
    if (state.table === 'devices') {
        const device = tableOf('devices').label(row);
        return el('span', { class: 'button-row' },
            button(t('positions'), () => go({ table: 'locations', filters: { device } })),
            button(t('messages'), () => go({ table: 'messages', filters: { device } })),
            button(t('dataGive'), () => void give(row)));
    }
    return tableOf(state.table).opens ? el('span', { class: 'button-row' }, button(t('look'), () => void look(row))) : '';
}

function drawRows(): void {
    const { columns, title } = tableOf(state.table);
    const shown = rows.map((row) => [checkbox(row), ...columns.map(({ cell }) => cell(row)), rowButtons(row)]);
    const more = button(t('rawMore'), () => void read(true));
    byId('rows').replaceChildren(
        rows.length === 0 ? el('p', { class: 'muted' }, t('dataNothing'))
            : table([{ name: 'dataChosen', hidden: true }, ...columns, { name: 'actions', hidden: true }], shown, t(title)),
        ...(next === null ? [] : [el('p', {}, more)]));
    drawDeeds();
}

let reading = 0;

/** The first rows, or those that follow. A slower answer to an older question is left. */
async function read(further = false): Promise<void> {
    const turn = ++reading;
    const query = apiQuery(state);
    if (further && next !== null) {
        query.set('after', next);
    }
    const { ok, text: why, body } = await callApi('GET', `${path()}?${query.toString()}`);
    if (turn !== reading) {
        return;
    }
    if (!ok || !isObject(body)) {
        byId('rows').replaceChildren(el('p', { class: 'message bad', role: 'alert' }, why));
        byId('deeds').replaceChildren();
        return;
    }
    rows = further ? [...rows, ...list(body, 'rows')] : list(body, 'rows');
    next = typeof body.next === 'string' ? body.next : null;
    if (!further) {
        chosen.clear();
    }
    drawRows();
}

// ---- removal

function drawDeeds(): void {
    const { sweeps } = tableOf(state.table);
    const whole = chosen.size === rows.length;
    byId('deeds').replaceChildren(...(rows.length === 0 ? [] : [
        button(t(whole ? 'dataChooseNone' : 'dataChooseAll'), chooseAll),
        ...(chosen.size > 0 ? [button(t('dataDelete', { n: format.whole(chosen.size) }), () => void removeChosen(), 'danger')] : []),
        ...(sweeps ? [button(t('dataDeleteAll'), (pressed) => void removeAll(pressed), 'danger')] : []),
    ]));
}

function chooseAll(): void {
    const all = chosen.size === rows.length ? [] : rows.map(idOf);
    chosen.clear();
    all.forEach((id) => chosen.add(id));
    drawRows();
}

async function tellRemoved({ ok, text: why, body }: Answer): Promise<void> {
    toast(ok && isObject(body) ? t('dataDeleted', { n: number(body, 'removed') ?? 0 }) : why);
    await read();
    readRemoved?.();
}

const ROWS_AT_ONCE = 1000; // the API's limit

async function removeChosen(): Promise<void> {
    const ids = [...chosen];
    const positions = rows.filter((row) => chosen.has(idOf(row))).reduce((sum, row) => sum + (number(row, 'positions') ?? 0), 0);
    const sure = await ask({
        title: t('dataDeleteTitle', { n: ids.length }),
        text: state.table === 'devices' ? t('dataDeleteDevices', { n: positions }) : t(DELETE_TEXTS[state.table] ?? 'deleteText'),
        button: t('delete'),
    });
    if (sure !== null) {
        for (let i = 0; i < ids.length; i += ROWS_AT_ONCE) {
            await tellRemoved(await callApi('POST', path('remove/'), { ids: ids.slice(i, i + ROWS_AT_ONCE) }));
        }
    }
}

async function removeAll(pressed: HTMLButtonElement): Promise<void> {
    const place = `${path('remove/')}?${apiQuery(state).toString()}`;
    pressed.disabled = true;
    const { ok, text: why, body } = await callApi('POST', place, { all: true, dry_run: true });
    pressed.disabled = false;
    if (!ok || !isObject(body)) {
        toast(why);
        return;
    }
    const sure = await ask({
        title: t('dataDeleteTitle', { n: number(body, 'count') ?? 0 }), button: t('delete'),
        text: t(state.table === 'locations' ? 'dataDeleteKept' : 'dataDeleteAllText'),
    });
    if (sure !== null) {
        await tellRemoved(await callApi('POST', place, { all: true }));
    }
}

// ---- one row

function action(label: string, run: (pressed: HTMLButtonElement) => void): HTMLButtonElement {
    const node = el('button', { type: 'button', class: 'button primary' }, label);
    node.addEventListener('click', () => run(node));
    return node;
}

function pretty(raw: string): string {
    try {
        return JSON.stringify(JSON.parse(raw), null, 2);
    } catch {
        return raw;
    }
}

async function again(id: number, close: () => void): Promise<void> {
    const { ok, text: why, body } = await callApi('POST', path(`${id}/again/`));
    const result = isObject(body) ? text(body, 'result') : '';
    toast(!ok ? why : t(result === 'stored' ? 'dataAgainStored' : result === 'repeated' ? 'dataAgainRepeated' : 'dataAgainDropped'));
    if (ok) {
        close();
        await read();
    }
}

async function look(row: Json): Promise<void> {
    const { ok, text: why, body } = await callApi('GET', path(`${idOf(row)}/`));
    if (!ok || !isObject(body)) {
        toast(why);
        return;
    }
    const kept = state.table === 'quarantine';
    const content = el('pre', { class: 'payload', tabindex: '0' }, pretty(text(body, kept ? 'raw' : 'payload')));
    const shown = facts(tableOf(state.table).columns.filter(({ name }) => name !== 'dataPayload').map(({ name, cell }) => [name, cell(body)]));
    const readAgain = action(t('dataAgain'), () => void again(idOf(row), () => win.close()));
    const win = openWindow(tableOf(state.table).label(row) || t(tableOf(state.table).title),
        [shown, content, ...(kept ? [el('p', { class: 'muted' }, t('dataAgainText'))] : [])], kept ? [readAgain] : []);
}

async function give(row: Json): Promise<void> {
    const names = await userNames();
    const choice = select([['', t('dataNobody')], ...names.map((name) => [name, name] as const)], text(row, 'owner'));
    choice.id = 'give-owner';
    const save = action(t('save'), (pressed) => {
        pressed.disabled = true;
        void callApi('PATCH', path(`${idOf(row)}/`), { owner: choice.value === '' ? null : choice.value }).then(async (answer) => {
            pressed.disabled = false;
            toast(answer.ok ? t('saved') : answer.text);
            if (answer.ok) {
                win.close();
                await read();
            }
        });
    });
    const win = openWindow(t('dataGiveTitle', { name: text(row, 'device_id') }),
        [el('p', {}, t('dataGiveText')), el('div', { class: 'field' }, el('label', { for: choice.id }, t('dataOwner')), choice)], [save]);
}

// ---- the page

function link(name: TableName): HTMLElement {
    const node = el('a', { href: `/admin-panel/data/?table=${name}`, 'aria-current': name === state.table ? 'page' : null }, t(tableOf(name).title));
    node.addEventListener('click', (event) => {
        if (!event.ctrlKey && !event.metaKey && !event.shiftKey) {
            event.preventDefault();
            go({ table: name, filters: {} });
        }
    });
    return node;
}

function show(): void {
    byId('tables').replaceChildren(...tableNames.map(link));
    setText(byId('table-title'), t(tableOf(state.table).title));
    void drawFilters(byId<HTMLFormElement>('filter'), state, (filters) => go({ table: state.table, filters }));
    byId('rows').replaceChildren(el('p', { class: 'waiting' }, el('span', { class: 'pulse' }), t('loading')));
    byId('deeds').replaceChildren();
    const kept = KEPT[state.table];
    byId('removed').hidden = kept === undefined;
    readRemoved = kept === undefined ? null : showRemoved(byId('removed-list'), [kept], true, () => void read());
    void read();
}

function go(to: DataState): void {
    state = to;
    history.pushState(null, '', formatState(to));
    show();
}

startPage();
addEventListener('popstate', () => {
    state = parseState(location.search);
    show();
});
show();
