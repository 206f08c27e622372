// Today's track of the chosen device: read once, reduced to what can be seen, then kept up with the feed.
import type { Past, TrackOptions } from './api.ts';
import { endOfDay, startOfDay } from './format.ts';
import { trackLength } from './geo.ts';
import type { Fix } from './model.ts';
import type { TrackState } from './panel.ts';
import type { Track } from './past.ts';
import { insertFix, isAccurate, type Device } from './store.ts';

const nothing: Track = { fixes: [], seen: 0, last: 0, metres: 0, tolerance: 0, spans: [] };

export const todayWanted = (accuracy: number): TrackOptions => ({ points: 2000, tolerance: 0, accuracy });

export class Today {
    private device: Device | null = null;
    private day = 0; // Unix seconds of its midnight
    private read = nothing;
    private live: Fix[] = []; // came over the feed and are not in what was read
    private fixes: Fix[] = []; // both, in order
    private state: TrackState['state'] = 'none';
    private request = 0;
    private since: number | null = null; // Unix seconds: nothing before it is wanted

    /** accuracyLimit: metres, 0 accepts all. onChange: draw it again. */
    constructor(private readonly past: Pick<Past, 'reduced'>, private readonly accuracyLimit: number, private readonly onChange: () => void) {}

    get track(): TrackState {
        const { state, fixes, read, live } = this;
        const before = read.fixes.at(-1);
        const onward = before ? [before, ...live.filter((fix) => fix.time >= before.time)] : live;
        return { state, fixes, since: this.since, seen: read.seen + live.length, metres: read.metres + trackLength(onward) };
    }

    choose(device: Device | null, now: number): void {
        if (device?.id !== this.device?.id) {
            this.device = device;
            this.clear();
            this.state = 'none';
            this.reload(now);
        }
    }

    /** From that moment on alone; null: the whole day. */
    startFrom(since: number | null, now: number): void {
        if (since !== this.since) {
            this.since = since;
            this.clear();
            this.reload(now);
            this.onChange();
        }
    }

    private get begin(): number {
        return Math.max(this.day, this.since ?? 0);
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
        this.past.reduced(device.key, this.begin, endOfDay(now) - 1, todayWanted(this.accuracyLimit)).then((read) => {
            if (request === this.request) {
                const { live } = this; // came meanwhile
                this.clear();
                this.read = read;
                this.fixes = [...read.fixes];
                live.forEach((fix) => this.insert(fix));
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
            const today = fix.time >= this.begin && fix.time < endOfDay(this.day);
            if (fix.device === this.device?.id && today && isAccurate(fix, this.accuracyLimit)) {
                changed = this.insert(fix) || changed;
            }
        }
        if (changed) {
            this.onChange();
        }
    }

    /** At midnight a new day begins. */
    roll(now: number): void {
        if (this.device && startOfDay(now) !== this.day) {
            this.clear();
            this.reload(now);
        }
    }

    private clear(): void {
        this.read = nothing;
        this.live = [];
        this.fixes = [];
    }

    private insert(fix: Fix): boolean {
        const isNew = fix.id > this.read.last && insertFix(this.live, fix);
        if (isNew) {
            insertFix(this.fixes, fix);
        }
        return isNew;
    }
}
