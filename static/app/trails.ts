// Where devices came from lately: read once for each that is shown, then kept up with the feed.
import type { Past } from './api.ts';
import type { Fix } from './model.ts';
import { insertFix, isAccurate, type Device } from './store.ts';

const KEY = 'mytracks-trails';
const CHOICES = [0, 1, 6, 24];
const DEFAULT = 1;
const MOST = 40; // devices, those that moved last
const AT_ONCE = 3; // requests
const POINTS = 400;

/** How long trails are, in hours; 0: none. */
export function readHours(): number {
    try {
        const hours = Number(localStorage.getItem(KEY) ?? DEFAULT);
        return CHOICES.includes(hours) ? hours : DEFAULT;
    } catch {
        return DEFAULT;
    }
}

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
    private hours = readHours();
    /** The lines are other ones than when they were taken last. */
    changed = false;

    /** accuracyLimit: metres, 0 accepts all. onChange: draw again. */
    constructor(private readonly past: Pick<Past, 'reduced'>, private readonly accuracyLimit: number, private readonly onChange: () => void,
        private readonly clock: () => number) {}

    setHours(hours: number): void {
        this.hours = hours;
        try {
            localStorage.setItem(KEY, String(hours));
        } catch {
            // storage is switched off: until the page is left
        }
        this.reload();
    }

    reload(): void {
        this.turn++;
        this.trails.clear();
        this.waiting.length = 0;
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
                const fresh = { device, fixes: [] };
                this.trails.set(device.id, fresh);
                this.waiting.push(fresh);
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

    private begin(): number {
        return this.hours === 0 ? Infinity : this.clock() - this.hours * 3600;
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
