// What a history of one device and one of several are alike in: a period, its track on the map, playing it back.
import type { Past } from './api.ts';
import type { Crossings } from './crossings.ts';
import { el, iconButton, setText } from './dom.ts';
import { dayOf } from './past.ts';
import { daysOf, formatPeriod, oneDay, parsePeriod, type Period } from './period.ts';
import { PeriodPicker } from './periodpicker.ts';
import { Player, type Moment } from './player.ts';
import type { Stage } from './stage.ts';
import { t } from './texts.ts';

/** How the map comes to look at a track. */
export type Approach = 'stay' | 'jump' | 'fly';

export interface HistoryHost {
    stage: Stage;
    crossings: Crossings;
    accuracy: number; // metres that positions may be off; 0: all
    changed(): void; // another time or other devices, for the address
    playing(): void; // playing stands elsewhere, many times a second
    close(): void;
    all: (() => void) | null; // to the history of all devices, where there are several
    approach: Approach; // to the first track; to later ones the map flies
    start: Moment;
}

export abstract class PastView<Host extends HistoryHost = HistoryHost> {
    abstract readonly node: HTMLElement;
    /** What was asked for first is there, or is not to be had. */
    abstract readonly loaded: Promise<void>;
    protected period: Period;
    protected request = 0;
    protected timer = 0;
    protected readonly summary = el('p', { class: 'history-summary', role: 'status' });
    protected readonly picker: PeriodPicker;
    protected readonly player: Player;
    private readonly title = el('h3', { tabindex: '-1' });
    private readonly moved = (): void => this.redrawSoon();

    /** shown: a period as the address has it; null: today. */
    protected constructor(protected readonly past: Past, protected readonly host: Host, shown: string | null, title: string) {
        this.period = (shown === null ? null : parsePeriod(shown)) ?? oneDay(dayOf(Date.now() / 1000));
        this.picker = new PeriodPicker(this.period, (from, days) => this.count(from, days), (period) => this.go(period));
        this.player = new Player(host.stage, host.start, () => host.playing());
        setText(this.title, title);
        this.listen();
    }

    /** Looks at what there is. False: nothing, or not yet. */
    abstract aim(animate: boolean): boolean;
    protected abstract load(): Promise<void>;
    /** Positions of so many days from one on. */
    protected abstract count(from: number, days: number): Promise<number[]>;
    /** Tracks and pins, on a map that is there now. */
    protected abstract drawAll(): void;
    protected abstract clear(): void;
    /** The map might show more than it was given, and then how long it has to be at rest before that is asked for: ms. */
    protected abstract readonly hasMore: boolean;
    protected abstract readonly redrawAfter: number;
    protected abstract redraw(): Promise<void>;

    /** The map has come later than the history. */
    attach(): void {
        this.listen();
        this.drawAll();
        this.player.attach();
    }

    /** Back to the present. */
    leave(): void {
        this.request++;
        clearTimeout(this.timer);
        this.host.stage.view?.map.off('moveend', this.moved);
        this.picker.close();
        this.player.leave();
        this.clear();
    }

    focus(): void {
        this.title.focus();
    }

    get focused(): boolean {
        return this.node.contains(document.activeElement);
    }

    /** The period as the address has it. */
    get shown(): string {
        return formatPeriod(this.period);
    }

    get moment(): Moment {
        return this.player.state;
    }

    go(period: Period): void {
        this.period = period;
        this.player.rewind();
        this.picker.show(period);
        this.host.changed();
        void this.load();
    }

    /** To the time before or after. */
    step(by: 1 | -1): void {
        this.picker.step(by);
    }

    /** Playing to the next position, or the one before. */
    toFix(by: 1 | -1): void {
        this.player.toFix(by);
    }

    seek(at: number | null): void {
        this.player.seek(at);
    }

    /** Times are told with their days. */
    protected get dated(): boolean {
        return daysOf(this.period) > 1;
    }

    protected head(...more: (Node | null)[]): HTMLElement {
        return el('div', { class: 'history-head' }, iconButton(t('back'), 'back', () => this.host.close()), this.title, ...more);
    }

    /** The first time as the host wants it, later by flying. */
    protected approach(): void {
        if (this.host.approach !== 'stay') {
            this.aim(this.host.approach === 'fly');
        }
        this.host.approach = 'fly';
    }

    private listen(): void {
        if (this.host.stage.layer) {
            this.host.stage.view?.map.on('moveend', this.moved);
        }
    }

    private redrawSoon(): void {
        clearTimeout(this.timer);
        if (this.hasMore) {
            this.timer = window.setTimeout(() => void this.redraw(), this.redrawAfter);
        }
    }
}
