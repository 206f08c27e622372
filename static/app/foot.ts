// The line at the map's edge: whose map it is, and what is wrong with it.
import { el, setText } from './dom.ts';
import { t, type TextName } from './texts.ts';

export class MapFoot {
    private readonly note = el('span', { class: 'map-note', hidden: true });
    private readonly line = el('footer', { class: 'map-foot' }, this.note);

    /** ofOsm: the tiles are OpenStreetMap's; parent: what the line lies at the edge of. */
    constructor(ofOsm: boolean, parent: HTMLElement = document.body) {
        if (ofOsm) {
            this.line.append(el('a', { href: 'https://www.openstreetmap.org/copyright', rel: 'noreferrer', target: '_blank' }, t('attribution')));
        }
        parent.append(this.line);
    }

    /** What an archive says of its authors; '': nothing. */
    credit(text: string): void {
        if (text !== '') {
            this.line.append(el('span', {}, text));
        }
    }

    /** null: nothing is wrong. Cheap when nothing changes. */
    tell(problem: TextName | null): void {
        this.note.hidden = problem === null;
        setText(this.note, problem === null ? '' : t(problem));
    }
}
