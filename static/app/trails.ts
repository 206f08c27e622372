// Where devices came from lately: read once for each that is shown, then kept up with the feed.
import type { Past } from './api.ts';
import type { Fix } from './model.ts';
import { readReach, type Reach } from './reach.ts';
import { insertFix, isAccurate, type Device } from './store.ts';

const MOST = 40; // devices, those that moved last
const AT_ONCE = 3; // requests
const POINTS = 400;
const LATEST = 200; // positions of all devices together

interface Trail {
    device: Device;
    fixes: Fix[];
}

export interface Line {
    colour: string;
    fixes: readonly Fix[];
}

export class Trails {
    private readonly trails = new Map<number, Trail>();
    private readonly waiting: Trail[] = [];
    private reading = 0;
    private shown: number[] = [];
    private turn = 0; // grows when everything is read anew
    private latest: readonly Fix[] = []; // when they are asked for
    /** The lines are other ones than when they were taken last. */
    changed = false;

    /** accuracyLimit: metres, 0 accepts all. onChange: draw again. */
    constructor(private readonly past: Pick<Past, 'reduced' | 'latest'>, private readonly accuracyLimit: number, private readonly onChange: () => void,
        private readonly clock: () => number, private current: Reach = readReach()) {}

    get reach(): Reach {
        return this.current;
    }

    setReach(reach: Reach): void {
        this.current = reach;
        this.reload();
    }

    reload(): void {
        this.turn++;
        this.trails.clear();
        this.waiting.length = 0;
        this.latest = [];
        if (this.current === 'latest') {
            void this.readLatest(this.turn);
        }
        this.change();
    }

    /** These are to be seen. Cheap when nothing is new. */
    show(devices: readonly Device[]): void {
        const begin = this.begin();
        const lately = devices.filter(({ position }) => position !== null && position.time >= begin)
            .sort((a, b) => (b.position?.time ?? 0) - (a.position?.time ?? 0)).slice(0, MOST);
        const ids = lately.map(({ id }) => id).sort((a, b) => a - b);
        if (ids.join() !== this.shown.join()) {
            this.shown = ids;
            this.change();
        }
        for (const device of lately) {
            const trail = this.trails.get(device.id);
            if (!trail) {
                this.startTrail(device);
            } else if (trail.device !== device) {
                this.changed ||= trail.device.colour !== device.colour;
                trail.device = device;
            }
        }
        this.read();
    }

    add(fixes: readonly Fix[]): void {
        for (const fix of fixes) {
            const trail = this.trails.get(fix.device);
            if (trail && fix.time >= this.begin() && isAccurate(fix, this.accuracyLimit) && insertFix(trail.fixes, fix)) {
                this.change();
            }
        }
    }

    /** What is older than a trail goes. */
    trim(): void {
        const begin = this.begin();
        for (const { fixes } of this.trails.values()) {
            const kept = fixes.findIndex((fix) => fix.time >= begin);
            if (kept !== 0 && fixes.length > 0) {
                fixes.splice(0, kept === -1 ? fixes.length : kept);
                this.change();
            }
        }
    }

    /** but: a device that is drawn otherwise. */
    lines(but: number | null): Line[] {
        this.changed = false;
        return this.shown.flatMap((id) => {
            const trail = id === but ? undefined : this.trails.get(id);
            return trail && trail.fixes.length > 1 ? [{ colour: trail.device.colour, fixes: trail.fixes }] : [];
        });
    }

    /** Unix seconds. */
    private begin(): number {
        const { current } = this;
        if (current === 'latest') {
            return -Infinity;
        }
        return typeof current === 'object' ? current.since : current === 0 ? Infinity : this.clock() - current * 3600;
    }

    private startTrail(device: Device): void {
        const fresh: Trail = { device, fixes: [] };
        this.trails.set(device.id, fresh);
        if (this.current === 'latest') {
            this.addLatest(fresh);
        } else {
            this.waiting.push(fresh);
        }
    }

    private addLatest({ device, fixes }: Trail): void {
        this.latest.filter((fix) => fix.device === device.id && isAccurate(fix, this.accuracyLimit)).forEach((fix) => insertFix(fixes, fix));
    }

    private change(): void {
        this.changed = true;
        this.onChange();
    }

    private read(): void {
        while (this.reading < AT_ONCE) {
            const trail = this.waiting.shift();
            if (!trail) {
                return;
            }
            this.reading++;
            void this.readOne(trail, this.turn).finally(() => {
                this.reading--;
                this.read();
            });
        }
    }

    private async readLatest(turn: number): Promise<void> {
        const read = await this.past.latest(LATEST).catch(() => []);
        if (turn === this.turn) {
            this.latest = read;
            this.trails.forEach((trail) => this.addLatest(trail));
            this.change();
        }
    }

    private async readOne(trail: Trail, turn: number): Promise<void> {
        try {
            const now = this.clock();
            const { fixes } = await this.past.reduced(trail.device.key, Math.floor(this.begin()), Math.ceil(now), { points: POINTS, accuracy: this.accuracyLimit });
            if (turn === this.turn) {
                fixes.forEach((fix) => insertFix(trail.fixes, fix));
                this.change();
            }
        } catch {
            // Without a trail the map is as good; the feed adds to it.
        }
    }
}
