// The server's JSON, read with the session cookie of the page.
import { DEVICES, findCopy, LAST_KNOWN, madeAt } from './copies.ts';
import type { Box } from './geo.ts';
import { parseCalendar, parseCrossings, parseTrack, type Crossing, type Track } from './past.ts';
import { isObject, parseDevice, parseFix, parseFullFix, type DeviceInfo, type Fix, type FullFix } from './model.ts';

export type ApiProblem = 'signed-out' | 'network' | 'server';

export class ApiError extends Error {
    constructor(readonly problem: ApiProblem, message: string) {
        super(message);
    }
}

const TIMEOUT = 30_000; // ms
const RAW_PAGE = 100;

export interface TrackOptions {
    points?: number;
    tolerance?: number; // metres
    bbox?: Box | null; // null: everywhere
    accuracy?: number; // metres, 0: all
    spans?: boolean; // with stays and moves
}

export interface Past {
    reduced(deviceKey: string, from: number, to: number, options: TrackOptions): Promise<Track>;
    calendar(deviceKey: string, from: number, days: number): Promise<number[]>;
    crossings(deviceKey: string, from: number, to: number): Promise<Crossing[]>;
    /** The latest of all devices, newest first. */
    latest(n: number): Promise<Fix[]>;
    /** As they were stored, oldest first: a page from the offset-th on. */
    positions(deviceKey: string, from: number, to: number, offset: number): Promise<{ fixes: FullFix[]; more: boolean }>;
}

export interface Api {
    devices(): Promise<DeviceInfo[]>;
    lastKnown(): Promise<Fix[]>;
    since(id: number): Promise<{ fixes: Fix[]; complete: boolean }>;
    /** What was read before, for when there is no network. at: Unix seconds. */
    kept(): Promise<{ devices: DeviceInfo[]; fixes: Fix[]; at: number } | null>;
}

const FRESH = 10_000; // ms: an early answer that nobody wanted by then is old
const early = new Map<string, { at: number; answer: Promise<unknown> }>();

/** Asks for what will be wanted in a moment. Whoever wants it first gets that answer. */
export function askEarly(path: string): void {
    const answer = ask(path);
    answer.catch(() => undefined); // the one who wants it hears of it
    early.set(path, { at: performance.now(), answer });
}

function get(path: string): Promise<unknown> {
    const asked = early.get(path);
    early.delete(path);
    return asked && performance.now() - asked.at < FRESH ? asked.answer : ask(path);
}

async function ask(path: string): Promise<unknown> {
    let answer: Response;
    try {
        answer = await fetch(path, {
            headers: { Accept: 'application/json' },
            signal: AbortSignal.timeout(TIMEOUT),
        });
    } catch (error) {
        throw new ApiError('network', String(error));
    }
    if (answer.status === 401 || answer.status === 403) {
        throw new ApiError('signed-out', path);
    }
    if (!answer.ok) {
        throw new ApiError('server', `${path}: ${answer.status}`);
    }
    try {
        return await answer.json();
    } catch (error) {
        throw new ApiError('server', `${path}: ${String(error)}`);
    }
}

function rows<T>(body: unknown, parse: (row: unknown) => T | null): T[] {
    if (!isObject(body) || !Array.isArray(body.results)) {
        throw new ApiError('server', 'a list was expected');
    }
    return body.results.map(parse).filter((row) => row !== null);
}

function found<T>(parsed: T | null): T {
    if (parsed === null) {
        throw new ApiError('server', 'another answer was expected');
    }
    return parsed;
}

export function query(values: Record<string, string | number>): string {
    return new URLSearchParams(Object.entries(values).map(([key, value]): [string, string] => [key, String(value)])).toString();
}

export function trackPath(device: string, start: number, end: number, { points = 2000, tolerance = 1, bbox, accuracy = 0, spans = false }: TrackOptions): string {
    const more = { ...(bbox ? { bbox: bbox.map((edge) => edge.toFixed(5)).join(',') } : {}), ...(spans ? { spans: 1 } : {}) };
    return `/api/tracks/?${query({ device, start, end, points, tolerance: tolerance.toFixed(1), accuracy, ...more })}`;
}

/** A device's past. Times are Unix seconds, inclusive. */
export const past: Past = {
    async reduced(device, start, end, options) {
        return found(parseTrack(await get(trackPath(device, start, end, options))));
    },

    async calendar(device, start, days) {
        return found(parseCalendar(await get(`/api/calendar/?${query({ device, start, end: start, days })}`)));
    },

    async crossings(device, from, to) {
        return found(parseCrossings(await get(`/api/transitions/?${query({ device, start_time: from, end_time: to })}`)));
    },

    async latest(n) {
        return rows(await get(`/api/locations/?${query({ ordering: '-timestamp', limit: n })}`), parseFix);
    },

    async positions(device, from, to, offset) {
        const body = await get(`/api/locations/?${query({ device, start_time: from, end_time: to, since_id: 0, ordering: 'timestamp', limit: RAW_PAGE, offset })}`);
        return { fixes: rows(body, parseFullFix), more: isObject(body) && typeof body.next === 'string' };
    },
};

/** Where positions can be had as a file. */
export function fileUrl(device: string, start: number, end: number, as: string): string {
    return `/api/tracks/file/?${query({ device, start, end, as })}`;
}

const DEVICES_PAGE = 1000;
const SINCE_PAGE = 1000;
const SINCE_PAGES = 10; // further behind than that, everything is read anew

export const api: Api = {
    async devices() {
        const list: DeviceInfo[] = [];
        for (let offset = 0; ; offset += DEVICES_PAGE) {
            const body = await get(`/api/devices/?limit=${DEVICES_PAGE}&offset=${offset}`);
            list.push(...rows(body, parseDevice));
            if (!isObject(body) || typeof body.next !== 'string') {
                return list;
            }
        }
    },

    async lastKnown() {
        return rows(await get(LAST_KNOWN), parseFix);
    },

    /** Rows after an id, oldest first. complete: false when there are more than it is worth reading. */
    async since(id) {
        const fixes: Fix[] = [];
        for (let page = 0, from = id; page < SINCE_PAGES; page++) {
            const body = await get(`/api/locations/?since_id=${from}&ordering=id&limit=${SINCE_PAGE}`);
            const read = rows(body, parseFix);
            fixes.push(...read);
            const last = read.at(-1);
            if (!isObject(body) || typeof body.next !== 'string' || !last) {
                return { fixes, complete: true };
            }
            from = last.id;
        }
        return { fixes, complete: false };
    },

    async kept() {
        const [devices, fixes] = await Promise.all([findCopy(DEVICES), findCopy(LAST_KNOWN)]);
        return devices && fixes && {
            devices: rows(await devices.json(), parseDevice), fixes: rows(await fixes.json(), parseFix), at: madeAt(fixes),
        };
    },
};
