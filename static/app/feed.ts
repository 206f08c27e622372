// Brings positions into the store: read once, then over the live feed, and over HTTP what it missed.
import { ApiError, type Api } from './api.ts';
import { Live, type LiveState } from './live.ts';
import type { Fix, LiveEvent } from './model.ts';
import type { Store } from './store.ts';
import type { Today } from './today.ts';

export interface FeedHandlers {
    /** The state of the connection, or how fresh everything is, may have changed. */
    state(): void;
    loaded(): void;
    loadFailed(): void;
    signedOut(): void;
    /** A device has entered or left a place; null: any may have. */
    crossing(deviceKey: string | null): void;
}

const JUST_READ = 10; // seconds: the list of devices is not read again so soon
const SLEPT = 90; // seconds without a tick (hidden pages still get one a minute)

export class Feed {
    /** The devices have been read: an empty list is the truth. */
    loaded = false;
    /** Unix seconds at which everything was known last; null: never. */
    fresh: number | null = null;
    readonly live: Live;
    private devicesRead = 0; // Unix seconds
    private catchingUp = false;
    private lastTick: number;

    constructor(url: string, private readonly api: Api, private readonly store: Store, private readonly tracks: Pick<Today, 'add' | 'reload' | 'roll'>,
        private readonly handlers: FeedHandlers, private readonly clock: () => number) {
        this.lastTick = clock();
        this.live = new Live(url, {
            state: () => handlers.state(),
            event: (event) => this.onEvent(event),
            catchUp: () => void this.catchUp(),
        });
    }

    get state(): LiveState {
        return this.live.state;
    }

    async load(): Promise<void> {
        try {
            const [devices, fixes] = await Promise.all([this.api.devices(), this.api.lastKnown()]);
            this.loaded = true;
            this.fresh = this.devicesRead = this.clock();
            this.store.setDevices(devices);
            this.store.addFixes(fixes, false);
            this.handlers.loaded();
        } catch (error) {
            this.problem(error);
            this.handlers.loadFailed();
        }
    }

    /** Every few seconds, and when somebody looks at the page again. */
    tick(): void {
        const now = this.clock();
        if (now - this.lastTick > SLEPT) {
            this.live.restart();
        } else if (this.live.state === 'live') {
            this.fresh = now;
        }
        this.lastTick = now;
        this.tracks.roll(now);
    }

    /** What came while the feed was down; after the first welcome, what came since the page was read. */
    private async catchUp(): Promise<void> {
        if (this.catchingUp) {
            return;
        }
        this.catchingUp = true;
        try {
            if (!this.loaded || this.store.cursor === 0) {
                await this.load();
            } else {
                await this.readMissed();
            }
        } catch (error) {
            this.problem(error);
        } finally {
            this.catchingUp = false;
            this.handlers.state();
        }
    }

    private async readMissed(): Promise<void> {
        const missed = await this.api.since(this.store.cursor);
        if (this.clock() - this.devicesRead > JUST_READ) {
            await this.readDevices();
        }
        this.fresh = this.clock();
        this.take(missed.complete ? missed.fixes : await this.api.lastKnown(), false);
        if (missed.fixes.length > 0) {
            this.handlers.crossing(null);
        }
        if (!missed.complete) {
            this.tracks.reload(this.clock());
        }
    }

    private async readDevices(): Promise<void> {
        const devices = await this.api.devices();
        this.devicesRead = this.clock();
        this.store.setDevices(devices);
    }

    private take(fixes: readonly Fix[], live: boolean): void {
        const isNew = this.store.addFixes(fixes, live);
        this.tracks.add(fixes);
        if (isNew) {
            this.readDevices().catch((error: unknown) => this.problem(error));
        }
    }

    private onEvent(event: LiveEvent): void {
        this.fresh = this.clock();
        if (event.type === 'location') {
            this.take([event.fix], true);
            if (event.crossing) {
                this.handlers.crossing(event.fix.deviceKey);
            }
        } else if (event.type === 'crossing') {
            this.handlers.crossing(event.deviceKey);
        } else if (event.type === 'offline') {
            this.store.markOffline(event.deviceKey, event.at);
        }
        this.handlers.state();
    }

    private problem(error: unknown): void {
        if (!(error instanceof ApiError)) {
            throw error;
        }
        if (error.problem === 'signed-out') {
            this.live.stop();
            this.handlers.signedOut();
        }
    }
}
