// Which devices a history of several is of: a box for each.
import { el, setText } from './dom.ts';
import type { Device } from './store.ts';
import { t } from './texts.ts';

export class GroupChoice {
    readonly node: HTMLElement;
    private readonly title = el('span');
    private readonly boxes: [Device, HTMLInputElement][];

    /** chosen: keys. */
    constructor(devices: readonly Device[], chosen: readonly string[], changed: () => void) {
        this.boxes = devices.map((device) => {
            const box = el('input', { type: 'checkbox' });
            box.checked = chosen.includes(device.key);
            box.addEventListener('change', () => {
                this.tell();
                changed();
            });
            return [device, box];
        });
        this.node = el('details', { class: 'group-choice' }, el('summary', {}, this.title),
            el('div', { class: 'group-boxes', role: 'group', 'aria-label': t('devices') },
                ...this.boxes.map(([device, box]) => el('label', { class: 'choice' }, box, el('span', {}, device.label)))));
        this.tell();
    }

    get chosen(): Device[] {
        return this.boxes.flatMap(([device, box]) => (box.checked ? [device] : []));
    }

    private tell(): void {
        setText(this.title, t('groupChosen', { n: this.chosen.length, all: this.boxes.length }));
    }
}
