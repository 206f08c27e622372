// What the server tells of a device's past: reduced tracks, stays and moves, days with data. Every field is checked.
import { isObject, type Fix } from './model.ts';

const MICRO = 1e6;

export interface Track {
    fixes: Fix[]; // id: -1, -2, …, as they have no row of their own
    seen: number; // positions that there were
    last: number; // the highest row of these
    metres: number; // the way along all of them
    tolerance: number; // metres
    spans: Span[]; // when they were asked for
}

export interface Span {
    kind: 'stay' | 'move' | 'gap';
    from: number; // Unix seconds
    to: number;
    lat: number;
    lon: number;
    place: string | null; // a stay in a geofence
    metres: number;
    topSpeed: number | null; // km/h
}

/** A place was entered or left. */
export interface Crossing {
    event: 'enter' | 'leave';
    place: string; // may be ''
    at: number; // Unix seconds
    where: { lat: number; lon: number } | null;
}

const integers = (value: unknown): number[] | null =>
    (Array.isArray(value) && value.every((one) => Number.isInteger(one)) ? value as number[] : null);
const optional = (value: unknown, i: number): number | null => {
    const one: unknown = Array.isArray(value) ? value[i] : null;
    return typeof one === 'number' && Number.isFinite(one) ? one : null;
};

/** Columns of differences become positions; null when the answer is no track. */
export function parseTrack(body: unknown): Track | null {
    if (!isObject(body)) {
        return null;
    }
    const { seen, last, metres, tolerance } = body;
    if (typeof seen !== 'number' || typeof last !== 'number' || typeof metres !== 'number' || typeof tolerance !== 'number') {
        return null;
    }
    const [times, lats, lons] = [integers(body.t), integers(body.lat), integers(body.lon)];
    if (!times || !lats || !lons || times.length !== lats.length || times.length !== lons.length) {
        return null;
    }
    const deviceKey = typeof body.device === 'string' ? body.device : '';
    const gaps = new Set(integers(body.gaps) ?? []);
    let [time, lat, lon] = [0, 0, 0];
    const fixes = times.map((step, i): Fix => {
        time += step;
        lat += lats[i] ?? 0;
        lon += lons[i] ?? 0;
        return {
            id: -1 - i, device: 0, deviceKey, lat: lat / MICRO, lon: lon / MICRO, time, reported: time,
            accuracy: optional(body.acc, i), altitude: optional(body.alt, i), speed: optional(body.vel, i),
            course: null, battery: null, charging: false, overMqtt: false, afterSilence: gaps.has(i),
        };
    });
    return { fixes, seen, last, metres, tolerance, spans: parseSpans(body.spans) };
}

function parseSpan(row: unknown): Span | null {
    if (!isObject(row) || (row.type !== 'stay' && row.type !== 'move' && row.type !== 'gap')
        || typeof row.start !== 'number' || typeof row.end !== 'number'
        || typeof row.lat !== 'number' || typeof row.lon !== 'number') {
        return null;
    }
    return {
        kind: row.type, from: row.start, to: row.end, lat: row.lat / MICRO, lon: row.lon / MICRO,
        place: typeof row.place === 'string' ? row.place : null,
        metres: typeof row.metres === 'number' ? row.metres : 0,
        topSpeed: typeof row.top_speed === 'number' ? row.top_speed : null,
    };
}

function parseSpans(rows: unknown): Span[] {
    return Array.isArray(rows) ? rows.map(parseSpan).filter((span) => span !== null) : [];
}

function parseCrossing(row: unknown): Crossing | null {
    if (!isObject(row) || (row.event !== 'enter' && row.event !== 'leave') || typeof row.timestamp_unix !== 'number') {
        return null;
    }
    const { event, latitude: lat, longitude: lon } = row;
    const known = typeof lat === 'number' && typeof lon === 'number' && Math.abs(lat) <= 90 && Math.abs(lon) <= 180;
    return { event, at: row.timestamp_unix, place: typeof row.place === 'string' ? row.place : '', where: known ? { lat, lon } : null };
}

/** Oldest first; null when the answer is none of these. */
export function parseCrossings(body: unknown): Crossing[] | null {
    return isObject(body) && Array.isArray(body.results)
        ? body.results.map(parseCrossing).filter((crossing) => crossing !== null).reverse() : null;
}

export function parseCalendar(body: unknown): number[] | null {
    return isObject(body) ? integers(body.days) : null;
}

// ---- days of the viewer

/** "2026-03-06" of a time in the viewer's zone. */
export function dayOf(at: number): string {
    const date = new Date(at * 1000);
    const two = (n: number): string => String(n).padStart(2, '0');
    return `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Midnight in the viewer's zone, Unix seconds; null: no day. */
export function startOf(day: string): number | null {
    const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day);
    if (!parts) {
        return null;
    }
    const [year, month, date] = parts.slice(1).map(Number) as [number, number, number];
    const at = new Date(year, month - 1, date);
    return at.getMonth() === month - 1 && at.getDate() === date ? at.getTime() / 1000 : null;
}

/** So many days later, whatever the clocks do in between. */
export function addDays(day: string, n: number): string {
    const at = new Date((startOf(day) ?? 0) * 1000);
    return dayOf(new Date(at.getFullYear(), at.getMonth(), at.getDate() + n).getTime() / 1000);
}

/** Where one was at a time between two positions. */
export function placeAt(fixes: readonly Fix[], at: number): Pick<Fix, 'lat' | 'lon' | 'speed' | 'altitude'> | null {
    const after = fixes.findIndex((fix) => fix.time >= at);
    const next = fixes[after === -1 ? fixes.length - 1 : after];
    const before = fixes[after > 0 ? after - 1 : 0];
    if (!next || !before) {
        return null;
    }
    const length = next.time - before.time;
    const share = length > 0 ? Math.min(1, Math.max(0, (at - before.time) / length)) : 1;
    const east = next.lon - before.lon;
    const step = east > 180 ? east - 360 : east < -180 ? east + 360 : east;
    return { lat: before.lat + share * (next.lat - before.lat), lon: before.lon + share * step, speed: next.speed, altitude: next.altitude };
}
