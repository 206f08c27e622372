// One device in the history of several: what it did, folded away or open. The pins of its stays are on the map while it is open.
import type { Past } from './api.ts';
import type { Crossings } from './crossings.ts';
import { el } from './dom.ts';
import * as format from './format.ts';
import { joined } from './joined.ts';
import type { Fix } from './model.ts';
import type { Crossing, Track } from './past.ts';
import type { Stage } from './stage.ts';
import type { Device } from './store.ts';
import { t } from './texts.ts';
import { Timeline } from './timeline.ts';

export interface SectionHost {
    stage: Stage;
    crossings: Crossings;
    highlight(fixes: readonly Fix[]): void;
    retry(): void;
}

export class GroupSection {
    readonly node: HTMLDetailsElement;
    private readonly timeline: Timeline;
    private crossings: Crossing[] | null | undefined; // undefined: not yet read, null: not to be had
    private listed = false;
    private gone = false;

    /** track null: it could not be read. dated: of several days. */
    constructor(past: Past, readonly device: Device, readonly track: Track | null, private readonly dated: boolean,
        private readonly host: SectionHost, open: boolean) {
        const fixes = track?.fixes ?? [];
        this.timeline = new Timeline({
            past, device: device.key, stage: host.stage, fixes: () => fixes, removable: () => null, // one's own are removed in the history of that device
            highlight: (from, to) => host.highlight(from === null ? [] : fixes.filter(({ time }) => time >= from && time <= to)),
        });
        const swatch = el('span', { class: 'avatar small', 'aria-hidden': 'true' }, device.initials);
        this.node = el('details', { class: 'group-device', 'data-device': String(device.id), open: open && !this.isEmpty },
            el('summary', {}, swatch, el('span', { class: 'span-main' }, el('strong', {}, device.label), el('span', { class: 'muted' }, this.facts()))),
            this.body());
        this.node.style.setProperty('--colour', device.colour);
        this.node.addEventListener('toggle', () => this.fill());
        this.fill();
    }

    get open(): boolean {
        return this.node.open;
    }

    get isEmpty(): boolean {
        return (this.track?.fixes ?? []).length === 0;
    }

    /** The way: what the list has of it, as gaps are no way that is known. */
    get metres(): number {
        const spans = this.track?.spans ?? [];
        return spans.length > 0 ? spans.reduce((sum, { metres }) => sum + metres, 0) : this.track?.metres ?? 0;
    }

    setCrossings(crossings: Crossing[] | null): void {
        this.crossings = crossings;
        this.fill(true);
    }

    drawPins(): void {
        this.timeline.drawPins();
    }

    /** Another one takes its place. */
    leave(): void {
        this.gone = true;
        this.clear();
    }

    private clear(): void {
        this.timeline.clear();
        this.listed = false;
    }

    private body(): HTMLElement {
        if (this.track !== null) {
            return this.timeline.node;
        }
        const again = el('button', { type: 'button', class: 'button small' }, t('retry'));
        again.addEventListener('click', () => this.host.retry());
        return el('p', {}, t('historyFailed'), ' ', again);
    }

    private facts(): string {
        const { track } = this;
        if (!track || this.isEmpty) {
            return t(track ? 'historyNothing' : 'historyFailed');
        }
        const stays = track.spans.filter(({ kind }) => kind === 'stay').length;
        return joined([this.metres > 0 ? format.distance(this.metres) : '', stays > 0 ? t('stays', { n: stays }) : '', format.count(track.seen)]);
    }

    private fill(again = false): void {
        if (this.gone || !this.open) {
            this.clear();
        } else if (again || !this.listed) {
            this.listed = true;
            this.timeline.show(this.track?.spans ?? [], this.dated);
            if (this.crossings !== undefined) {
                this.host.crossings.list(this.timeline, this.crossings);
            }
        }
    }
}
