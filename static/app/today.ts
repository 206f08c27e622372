// Today's track of the chosen device: read once, then kept up with the feed.
import type { Api } from './api.ts';
import { endOfDay, startOfDay } from './format.ts';
import type { Fix } from './model.ts';
import type { TrackState } from './panel.ts';
import { insertFix, type Device, type Store } from './store.ts';

export class Today {
    private device: Device | null = null;
    private day = 0; // Unix seconds of its midnight
    private fixes: Fix[] = [];
    private state: TrackState['state'] = 'none';
    private request = 0;

    /** onChange: draw it again. */
    constructor(private readonly api: Pick<Api, 'track'>, private readonly store: Pick<Store, 'isAccurate'>,
        private readonly onChange: () => void) {}

    get track(): TrackState {
        return { state: this.state, fixes: this.fixes };
    }

    choose(device: Device | null, now: number): void {
        if (device?.id !== this.device?.id) {
            this.device = device;
            this.fixes = [];
            this.state = 'none';
            this.reload(now);
        }
    }

    reload(now: number): void {
        const { device } = this;
        const request = ++this.request;
        this.day = startOfDay(now);
        if (!device) {
            return;
        }
        this.state = 'loading';
        this.onChange();
        this.api.track(device.key, this.day, endOfDay(now) - 1).then((read) => {
            if (request === this.request) {
                const live = this.fixes; // came over the feed meanwhile
                this.fixes = read.filter((fix) => this.store.isAccurate(fix));
                live.forEach((fix) => insertFix(this.fixes, fix));
                this.state = 'ready';
                this.onChange();
            }
        }, () => {
            if (request === this.request) {
                this.state = 'failed';
                this.onChange();
            }
        });
    }

    add(fixes: readonly Fix[]): void {
        let changed = false;
        for (const fix of fixes) {
            const today = fix.time >= this.day && fix.time < endOfDay(this.day);
            if (fix.device === this.device?.id && today && this.store.isAccurate(fix)) {
                changed = insertFix(this.fixes, fix) || changed;
            }
        }
        if (changed) {
            this.onChange();
        }
    }

    /** At midnight a new day begins. */
    roll(now: number): void {
        if (this.device && startOfDay(now) !== this.day) {
            this.fixes = [];
            this.reload(now);
        }
    }
}
