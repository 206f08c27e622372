// What a public link tells, checked.
import { isObject } from './model.ts';

export interface Visit {
    label: string;
    expiresAt: number; // Unix seconds
    now: number; // by the server's clock
    area: boolean; // the place is an area
    position: { lat: number; lon: number; accuracy: number | null; at: number } | null;
    trail: { lat: number; lon: number }[]; // oldest first
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isPlace = (lat: unknown, lon: unknown): boolean => isNumber(lat) && isNumber(lon) && Math.abs(lat) <= 90 && Math.abs(lon) <= 180;

function parsePosition(value: unknown): Visit['position'] {
    if (!isObject(value) || !isPlace(value.lat, value.lon) || !isNumber(value.at)) {
        return null;
    }
    return { lat: Number(value.lat), lon: Number(value.lon), accuracy: isNumber(value.accuracy) ? value.accuracy : null, at: value.at };
}

/** null: it is none. */
export function parseVisit(body: unknown): Visit | null {
    if (!isObject(body) || typeof body.label !== 'string' || !isNumber(body.expires_at) || !isNumber(body.now)) {
        return null;
    }
    const trail = (Array.isArray(body.trail) ? body.trail : []).filter((point) => Array.isArray(point) && isPlace(point[0], point[1]));
    return {
        label: body.label, expiresAt: body.expires_at, now: body.now, area: body.area === true,
        position: parsePosition(body.position),
        trail: trail.map((point: number[]) => ({ lat: Number(point[0]), lon: Number(point[1]) })),
    };
}
