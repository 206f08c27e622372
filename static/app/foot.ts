// The line at the map's edge: whose map it is, and what is wrong with it.
import { el, setText } from './dom.ts';
import { t, type TextName } from './texts.ts';

export class MapFoot {
    private readonly note = el('span', { class: 'map-note', hidden: true });

    /** parent: what the line lies at the edge of. */
    constructor(tileUrl: string, parent: HTMLElement = document.body) {
        const ours = /\bopenstreetmap\.org\//.test(tileUrl);
        const credit = el('a', { href: 'https://www.openstreetmap.org/copyright', rel: 'noreferrer', target: '_blank' }, t('attribution'));
        parent.append(el('p', { class: 'map-foot' }, this.note, ours ? credit : null));
    }

    /** null: nothing is wrong. */
    tell(problem: TextName | null): void {
        this.note.hidden = problem === null;
        setText(this.note, problem === null ? '' : t(problem));
    }
}
