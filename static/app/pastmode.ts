// The history mode of the map page: which past is open, of one device or of several, and the way in and out.
import type { Past } from './api.ts';
import type { Crossings } from './crossings.ts';
import { GroupHistory } from './grouphistory.ts';
import { History } from './history.ts';
import type { Approach, HistoryHost, PastView } from './pastview.ts';
import type { Moment } from './player.ts';
import type { Stage } from './stage.ts';
import type { Device } from './store.ts';
import { groupLayer, type ColourLines } from './traillayer.ts';
import type { UrlState } from './urlstate.ts';

export interface PastModeHost {
    past: Past;
    stage: Stage;
    crossings(): Crossings;
    accuracy: number; // metres, 0: all
    all(): Device[];
    shown(): string[]; // keys of the devices that are on the map
    /** It is open now: the present makes room. */
    opened(view: PastView): void;
    /** A person has left it. */
    left(): void;
    openAll(): void;
    changed(): void;
    playing(): void;
}

/** How a history begins. day null: today. */
export interface Beginning {
    day: string | null;
    devices: string[] | null; // of several; null: all that are shown
    approach: Approach;
    start: Moment;
}

export const beginning = (state: Partial<UrlState> = {}, approach: Approach = 'fly'): Beginning => ({
    day: state.day ?? null, devices: state.devices ?? null, approach, start: { at: state.at ?? null, speed: state.speed ?? 1 },
});

export class PastMode {
    private current: PastView | null = null;
    private lines: ColourLines | null = null;

    constructor(private readonly host: PastModeHost) {}

    get view(): PastView | null {
        return this.current;
    }

    /** For the address. */
    get state(): Pick<UrlState, 'day' | 'devices' | 'at' | 'speed'> {
        const { current } = this;
        const { at, speed } = current?.moment ?? { at: null, speed: 1 };
        return { day: current?.shown ?? null, devices: this.devices, at, speed };
    }

    /** Of a history of several; null: all that are shown, or there is none. */
    private get devices(): string[] | null {
        const chosen = this.current instanceof GroupHistory ? this.current.chosen : null;
        return chosen === null || chosen.join('\n') === this.host.shown().join('\n') ? null : chosen;
    }

    /** Whether it shows what the address says; the moment aside. */
    fits({ day, devices }: Pick<UrlState, 'day' | 'devices'>): boolean {
        const { state } = this;
        return day === state.day && (devices ?? []).join('\n') === (state.devices ?? []).join('\n');
    }

    /** device null: of several. */
    open(device: Device | null, { day, devices, approach, start }: Beginning): void {
        this.close();
        const { past, all, stage, accuracy } = this.host;
        const host: HistoryHost = {
            stage, crossings: this.host.crossings(), accuracy, approach, start,
            all: device !== null && all().length > 1 ? () => this.host.openAll() : null,
            changed: () => this.host.changed(), playing: () => this.host.playing(), close: () => this.host.left(),
        };
        if (device) {
            this.current = new History(past, device, day, host);
        } else {
            const known = (devices ?? []).filter((key) => all().some((one) => one.key === key));
            this.current = new GroupHistory(past, all(), known.length > 0 ? known : this.host.shown(), day, { ...host, lines: () => this.layer() });
        }
        this.host.opened(this.current);
    }

    close(): void {
        this.current?.leave();
        this.current = null;
    }

    /** Made when it is wanted first. */
    private layer(): ColourLines | null {
        const { view, layer } = this.host.stage;
        if (view && layer) {
            this.lines ??= groupLayer(view);
        }
        return this.lines;
    }
}
