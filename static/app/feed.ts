// Brings positions into the store: read once, then over the live feed, and over HTTP what it missed.
import { ApiError, type Api, type ApiProblem } from './api.ts';
import { Live, type LiveState, type LiveWorld } from './live.ts';
import type { Fix, LiveEvent } from './model.ts';
import type { Store } from './store.ts';
import type { Today } from './today.ts';

/** polling: there is no socket, but HTTP works. */
export type FeedState = LiveState | 'polling';

export interface FeedHandlers {
    /** The state of the connection, or how fresh everything is, may have changed. */
    state(): void;
    loaded(): void;
    loadFailed(): void;
    signedOut(): void;
    /** The server is another process than before, maybe of another version. */
    restarted(): void;
    /** A device has entered or left a place; null: any may have. */
    crossing(deviceKey: string | null): void;
    /** A phone has made places, or may have while nothing was heard. */
    places(): void;
}

const JUST_READ = 10; // seconds: the list of devices is not read again so soon
const SLEPT = 90; // seconds without a tick (hidden pages still get one a minute)
const QUIET = 45; // seconds of silence after which a socket is doubted: a page does not see the server's pings

const POLL = 10; // seconds between two readings while there is no socket
const WAITS: Partial<Record<LiveState, number>> = { live: QUIET, reconnecting: POLL };

export class Feed {
    /** The devices have been read: an empty list is the truth. */
    loaded = false;
    /** Unix seconds at which something was heard or read last; null: never. */
    fresh: number | null = null;
    readonly live: Live;
    private devicesRead = 0; // Unix seconds
    private catchingUp = false;
    private showsCopy = false; // of what there was before the network went
    private canRead = false; // HTTP has worked since the state of the socket changed
    private asked = 0; // Unix seconds of the last catch-up
    private startup: number | null = null; // of the server, Unix seconds
    private lastTick: number;

    constructor(url: string, private readonly api: Api, private readonly store: Store, private readonly tracks: Pick<Today, 'add' | 'reload' | 'roll'>,
        private readonly handlers: FeedHandlers, private readonly clock: () => number, world?: LiveWorld) {
        this.lastTick = clock();
        this.live = new Live(url, {
            state: () => {
                this.canRead = false;
                handlers.state();
            },
            event: (event) => this.onEvent(event),
            catchUp: () => void this.catchUp(),
        }, world);
    }

    get state(): FeedState {
        return this.live.state === 'reconnecting' && this.canRead ? 'polling' : this.live.state;
    }

    async load(): Promise<void> {
        try {
            await this.readAll();
        } catch (error) {
            if (this.problem(error) !== 'network' || !await this.useKept()) {
                this.handlers.loadFailed();
            }
        }
    }

    /** Without a network: how it was, with the age it has. */
    private async useKept(): Promise<boolean> {
        const kept = await this.api.kept().catch(() => null);
        if (kept) {
            this.loaded = this.showsCopy = true;
            this.fresh = kept.at;
            this.startup = 0; // the page may be as old: the next welcome is from another process
            this.store.setDevices(kept.devices.map((device) => ({ ...device, online: false })));
            this.store.addFixes(kept.fixes, false);
            this.handlers.loaded();
        }
        return kept !== null;
    }

    private async readAll(): Promise<void> {
        const [devices, fixes] = await Promise.all([this.api.devices(), this.api.lastKnown()]);
        this.loaded = true;
        this.wasRead();
        this.devicesRead = this.clock();
        this.store.setDevices(devices);
        this.store.addFixes(fixes, false);
        this.handlers.loaded();
    }

    /** Every few seconds, and when somebody looks at the page again. */
    tick(): void {
        const now = this.clock();
        if (now - this.lastTick > SLEPT) {
            this.live.restart();
        } else if (now - Math.max(this.fresh ?? 0, this.asked) >= (WAITS[this.live.state] ?? Infinity)) {
            void this.catchUp(this.live.state === 'live');
        }
        this.lastTick = now;
        this.tracks.roll(now);
    }

    /** What came while the feed was down; after the first welcome, what came since the page was read.
        doubted: the socket is silent. It is dead when nothing can be read, or what it did not bring. */
    private async catchUp(doubted = false): Promise<void> {
        if (this.catchingUp) {
            return;
        }
        this.catchingUp = true;
        this.asked = this.clock();
        try {
            if (!this.loaded) {
                await this.load();
            } else if (await this.readMissed() && doubted) {
                this.live.restart();
            }
        } catch (error) {
            if (this.problem(error) === 'network' && doubted) {
                this.live.networkLost();
            }
        } finally {
            this.catchingUp = false;
            this.handlers.state();
        }
    }

    /** Returns whether there was something that had not come another way meanwhile. */
    private async readMissed(): Promise<boolean> {
        if (this.store.cursor === 0) {
            await this.readAll();
            return this.store.cursor > 0;
        }
        const missed = await this.api.since(this.store.cursor);
        const isNews = missed.fixes.some(({ id }) => id > this.store.cursor);
        if (this.clock() - this.devicesRead > JUST_READ) {
            await this.readDevices();
        }
        this.wasRead();
        this.take(missed.complete ? missed.fixes : await this.api.lastKnown(), false);
        if (missed.fixes.length > 0) {
            this.handlers.crossing(null);
        }
        if (!missed.complete || this.showsCopy) {
            this.showsCopy = false;
            this.tracks.reload(this.clock());
        }
        return isNews;
    }

    private wasRead(): void {
        this.fresh = this.clock();
        this.canRead = true;
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
        } else if (event.type === 'welcome') {
            this.onWelcome(event.serverStartup);
        } else if (event.type === 'crossing') {
            this.handlers.crossing(event.deviceKey);
        } else if (event.type === 'places') {
            this.handlers.places();
        } else if (event.type === 'offline') {
            this.store.markOffline(event.deviceKey, event.at);
        }
        this.handlers.state();
    }

    private onWelcome(startup: number): void {
        if (this.startup !== null && this.startup !== startup) {
            this.handlers.restarted();
        }
        if (this.startup !== null) {
            this.handlers.places(); // back after a while
        }
        this.startup = startup;
    }

    private problem(error: unknown): ApiProblem {
        if (!(error instanceof ApiError)) {
            throw error;
        }
        this.canRead = false;
        if (error.problem === 'signed-out') {
            this.live.stop();
            this.handlers.signedOut();
        }
        return error.problem;
    }
}
