// What is looked at: the chosen device, its past or that of several, and the address that tells it.
import { Address } from './address.ts';
import { past } from './api.ts';
import type { Place } from './map.ts';
import type { Panel } from './panel.ts';
import { beginning, PastMode } from './pastmode.ts';
import type { Present } from './present.ts';
import { DEFAULT_REACH, formatReach } from './reach.ts';
import { accuracyLimit } from './settings.ts';
import type { Sheet } from './sheet.ts';
import type { Stage } from './stage.ts';
import type { Device, Store } from './store.ts';
import { parseHash, type UrlState } from './urlstate.ts';

export interface LookingHost {
    store: Store;
    stage: Stage;
    present(): Present;
    panel(): Panel;
    sheet(): Sheet;
    /** Draw what has changed now. */
    draw(): void;
}

export class Looking {
    selected: number | null = null;
    readonly history: PastMode;
    readonly address = new Address(() => this.state());
    /** Where the map looks first. */
    aim = (): void => undefined;
    private sawNothing = false; // no device had a position when the page looked first
    private looked = false; // the address has been read
    private opened = false; // the map is there, or it is known that it cannot be

    constructor(private readonly host: LookingHost) {
        this.history = this.makeHistory();
    }

    /** Now the address can be written. */
    mapOpened(): void {
        this.opened = true;
        this.startWriting();
    }

    /** There was nothing to look at first: perhaps now there is. */
    again(): void {
        if (this.sawNothing && this.host.present().positions().length > 0) {
            this.lookAround(undefined);
            this.aim();
        }
    }

    private makeHistory(): PastMode {
        const { stage, present, panel, sheet, store } = this.host;
        return new PastMode({
            past, stage, crossings: () => present().crossings, accuracy: accuracyLimit,
            all: () => store.all(), shown: () => present().shownKeys(),
            opened: ({ node }) => {
                present().makeRoom();
                panel().replace(node);
                sheet().reveal();
            },
            left: () => this.leaveHistory(), openAll: () => this.enterHistory(null, this.history.state.day),
            changed: () => this.address.keep(true), playing: () => this.address.keepSoon(),
        });
    }

    // ------------------------------------------------------------ looking

    /** Once the devices are known: looks where the address says, else at everything there is. */
    first(): void {
        if (this.looked) {
            return;
        }
        const address = parseHash(location.hash);
        const { device, view } = address;
        const chosen = device === null ? undefined : this.host.store.byKey(device);
        if (view) {
            this.aim = () => this.host.stage.view?.jump(view);
            this.setSelected(chosen?.id ?? null, beginning(address, 'stay'));
        } else {
            this.lookAround(chosen, beginning(address, 'jump'));
        }
        this.looked = true;
        this.aim();
        this.startWriting();
    }

    /** At the chosen or only device, or at all; when there is nothing yet, again when something comes. */
    private lookAround(chosen: Device | undefined, begin = beginning()): void {
        const devices = this.host.store.all();
        const one = chosen ?? (devices.length === 1 ? devices[0] : undefined);
        this.sawNothing = devices.every((device) => device.position === null);
        this.setSelected(one?.id ?? null, begin); // first: moving the map writes the address
        this.aim = () => {
            if (!this.history.view?.aim(false)) {
                this.host.stage.view?.fit(one?.position ? [one.position] : this.host.present().positions(), false);
            }
        };
    }

    lookAt(fixes: readonly Place[]): void {
        this.host.present().following.set(false);
        this.host.stage.view?.fit(fixes, true);
    }

    // ------------------------------------------------------------ choosing

    /** A row or marker was clicked: first look at it, then follow it. */
    choose(id: number): void {
        if (id === this.selected) {
            this.host.present().following.set(!this.host.present().following.on);
        } else {
            this.select(id);
            this.host.sheet().reveal();
        }
    }

    select(id: number | null): void {
        const before = this.selected;
        this.setSelected(id);
        this.address.keep(true);
        const position = this.host.store.get(id)?.position;
        if (position) {
            this.host.stage.view?.focus(position);
        }
        if (id === null && before !== null) {
            this.host.panel().focus(before);
        }
    }

    /** begin: of its past, or of that of several; its day is null: the present. */
    private setSelected(id: number | null, begin = beginning()): void {
        const focused = this.history.view?.focused;
        this.closeHistory();
        this.selected = id;
        this.host.present().following.on = false;
        if (begin.day !== null && this.host.store.all().length > 0) {
            this.history.open(this.host.store.get(id) ?? null, begin);
        }
        this.redraw();
        if (id !== null) {
            this.host.panel().reveal(id);
        }
        if (focused) {
            this.keepFocus();
        }
    }

    /** Found by its key. */
    open(key: string): void {
        const device = this.host.store.byKey(key);
        if (device) {
            this.select(device.id);
            this.host.sheet().reveal();
        }
    }

    /** The next device of the list, or in the past the next position. */
    step(by: 1 | -1): void {
        const next = this.host.store.beside(this.selected, by);
        if (this.history.view) {
            this.history.view.toFix(by);
        } else if (next) {
            this.select(next.id);
            this.host.sheet().reveal();
        }
    }

    back(): void {
        if (this.history.view) {
            this.leaveHistory();
        } else if (this.selected !== null) {
            this.select(null);
        }
    }

    /** A device is taken off the map, or put back. */
    show(id: number, on: boolean): void {
        const device = this.host.store.get(id);
        if (device) {
            this.host.present().shown.set(device.key, on);
            this.host.draw();
            this.address.keep(false);
        }
    }

    // ------------------------------------------------------------ the past

    /** By a person, who then reads on there. id null: of all that are shown. day null: today. */
    enterHistory(id: number | null, day: string | null = null): void {
        if (this.host.store.all().length > 0) {
            const [only, other] = this.host.store.all();
            this.selected = other ? id : only?.id ?? null;
            this.history.open(this.host.store.get(this.selected) ?? null, { ...beginning(), day });
            this.host.draw();
            this.address.keep(true);
            this.history.view?.focus();
        }
    }

    leaveHistory(): void {
        const focused = this.history.view?.focused;
        this.closeHistory();
        this.address.keep(true);
        if (this.selected !== null) {
            this.host.panel().reveal(this.selected);
        }
        if (focused) {
            this.keepFocus();
        }
    }

    /** The history that had it is gone. */
    private keepFocus(): void {
        if (this.history.view) {
            this.history.view.focus();
        } else {
            this.host.panel().focusHistory(this.selected);
        }
    }

    private closeHistory(): void {
        if (this.history.view) {
            this.history.close();
            this.redraw();
        }
    }

    // ------------------------------------------------------------ the address

    private state(): Partial<UrlState> {
        const { reach } = this.host.present().trails;
        return {
            ...this.history.state, device: this.host.store.get(this.selected)?.key ?? null, view: this.host.stage.view?.view() ?? null,
            off: this.host.present().offKeys(), trail: formatReach(reach) === formatReach(DEFAULT_REACH) ? null : reach,
        };
    }

    /** Once what it says has been looked at. */
    private startWriting(): void {
        this.address.open = this.looked && this.opened;
        this.address.keep(false);
    }

    takeShown({ off, trail }: UrlState): void {
        if (off) {
            this.host.present().shown.take(off);
        }
        if (trail !== null && formatReach(trail) !== formatReach(this.host.present().trails.reach)) {
            this.host.present().reach(trail);
        }
    }

    fromUrl(): void {
        const address = parseHash(location.hash);
        const { device, view, at } = address;
        const id = (device === null ? undefined : this.host.store.byKey(device))?.id ?? null;
        this.takeShown(address);
        if (id !== this.selected || !this.history.fits(address)) {
            this.setSelected(id, beginning(address, view ? 'stay' : 'fly'));
        } else if (this.history.view && at !== this.history.state.at) {
            this.history.view.seek(at);
        }
        this.host.draw();
        if (view) {
            this.host.stage.view?.jump(view);
        }
    }

    private redraw(): void {
        this.host.present().changeAll();
        this.host.draw();
    }
}
