// The live feed: one WebSocket that comes back by itself.
import { parseEvent, type LiveEvent } from './model.ts';

export type LiveState = 'connecting' | 'live' | 'reconnecting' | 'offline' | 'signed-out';

export interface LiveHandlers {
    state(state: LiveState): void;
    event(event: LiveEvent): void;
    /** After each welcome, and while the feed is down at each attempt: read what was missed. */
    catchUp(): void;
}

/** What of the browser is used; tests bring their own. */
export interface LiveWorld {
    open(url: string): WebSocket;
    later(run: () => void, ms: number): number;
    cancel(timer: number): void;
    random(): number;
    isOnline(): boolean;
}

const browser: LiveWorld = {
    open: (url) => new WebSocket(url),
    later: (run, ms) => window.setTimeout(run, ms),
    cancel: (timer) => clearTimeout(timer),
    random: Math.random,
    isOnline: () => navigator.onLine,
};

const FIRST_DELAY = 1000; // ms
const LONGEST_DELAY = 30_000;
const WELCOME_WITHIN = 10_000;

/** Doubling, with half of it random, so that all pages do not come back at once. */
export function backoff(attempt: number, random: () => number): number {
    const delay = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** Math.min(attempt, 16));
    return delay / 2 + (delay / 2) * random();
}

export class Live {
    private socket: WebSocket | null = null;
    private attempt = 0;
    private timer = 0;
    private current: LiveState = 'connecting';
    private stopped = false;

    constructor(private readonly url: string, private readonly handlers: LiveHandlers,
        private readonly world: LiveWorld = browser) {}

    get state(): LiveState {
        return this.current;
    }

    start(): void {
        this.connect();
    }

    /** The network is back, or somebody looks at the page again: do not wait for the timer. */
    wake(): void {
        if (this.current === 'reconnecting' || this.current === 'offline') {
            this.restart();
        }
    }

    /** The machine has slept: an open socket may be dead without knowing. */
    restart(): void {
        if (!this.stopped) {
            this.attempt = 0;
            this.connect();
        }
    }

    /** The network has gone. */
    networkLost(): void {
        if (!this.stopped) {
            this.drop();
            this.retry();
        }
    }

    /** The session has ended: no more attempts. */
    stop(): void {
        this.stopped = true;
        this.drop();
        this.world.cancel(this.timer);
        this.set('signed-out');
    }

    private connect(): void {
        this.drop();
        this.world.cancel(this.timer);
        const socket = this.world.open(this.url);
        this.socket = socket;
        this.timer = this.world.later(() => this.failed(socket), WELCOME_WITHIN);
        socket.onmessage = (message) => this.received(socket, message.data);
        socket.onclose = () => this.failed(socket);
    }

    private received(socket: WebSocket, data: unknown): void {
        const event = socket === this.socket && typeof data === 'string' ? parseEvent(data) : null;
        if (event === null) {
            return;
        }
        if (event.type === 'welcome') {
            this.world.cancel(this.timer);
            this.attempt = 0;
            this.set('live');
            this.handlers.catchUp();
        }
        this.handlers.event(event);
    }

    private failed(socket: WebSocket): void {
        if (socket === this.socket && !this.stopped) {
            this.drop();
            this.retry();
            this.handlers.catchUp();
        }
    }

    private retry(): void {
        this.set(this.world.isOnline() ? 'reconnecting' : 'offline');
        this.world.cancel(this.timer);
        this.timer = this.world.later(() => this.connect(), backoff(this.attempt++, this.world.random));
    }

    private drop(): void {
        const socket = this.socket;
        this.socket = null;
        if (socket) {
            socket.onmessage = null;
            socket.onclose = null;
            socket.close();
        }
    }

    private set(state: LiveState): void {
        if (state !== this.current) {
            this.current = state;
            this.handlers.state(state);
        }
    }
}
