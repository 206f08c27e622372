// What the address bar keeps, enough to reload, bookmark and go back:
// #device=owner/phone&day=2026-03-06&at=1790000000&speed=2&map=ZOOM/LAT/LON&off=owner/car&trail=6
// A day without a device is of those in devices=owner/a,owner/b, or of all that are shown. What is not understood is left out.
import { wrapLongitude } from './geo.ts';
import { parsePeriod } from './period.ts';
import { formatReach, parseReach, type Reach } from './reach.ts';

export interface View {
    zoom: number;
    lat: number;
    lon: number;
}
export interface UrlState {
    device: string | null;
    devices: string[] | null; // of a history of several; null: all that are shown
    day: string | null; // the history's period, as period.ts writes it
    at: number | null; // where playing it stands, Unix seconds; null: at its end
    speed: number; // of playing
    view: View | null;
    off: string[] | null; // devices that are not shown; null: as this browser keeps it
    trail: Reach | null; // null: as this browser keeps it
}

/** Of playing a history. */
export const SPEEDS = [1, 2, 4];
const MOST = 50; // keys in a list

function parseView(text: string | null): View | null {
    const parts = (text ?? '').split('/').map((part) => (part.trim() === '' ? NaN : Number(part)));
    const [zoom = NaN, lat = NaN, lon = NaN] = parts;
    const good = parts.length === 3 && zoom >= 0 && zoom <= 24 && Math.abs(lat) <= 90 && Math.abs(lon) <= 180;
    return good ? { zoom, lat, lon } : null;
}

function decoded(text: string): string {
    try {
        return decodeURIComponent(text);
    } catch {
        return '';
    }
}

/** A key may have a comma in it, which is written as %2C. */
function parseList(hash: string, name: string): string[] | null {
    const part = hash.replace(/^#/, '').split('&').find((one) => one.startsWith(`${name}=`));
    const keys = (part ?? '').slice(name.length + 1).split(',').map(decoded).filter((key) => key !== '').slice(0, MOST);
    return keys.length > 0 ? keys : null;
}

const written = (key: string): string => encodeURIComponent(key).replaceAll('%2F', '/');

export function parseHash(hash: string): UrlState {
    const query = new URLSearchParams(hash.replace(/^#/, ''));
    const day = query.get('day') ?? '';
    const at = /^\d{1,11}$/.exec(query.get('at') ?? '')?.[0];
    const speed = Number(query.get('speed'));
    return {
        device: query.get('device') || null, devices: parseList(hash, 'devices'), day: parsePeriod(day) ? day : null,
        at: at === undefined ? null : Number(at), speed: SPEEDS.includes(speed) ? speed : 1,
        view: parseView(query.get('map')), off: parseList(hash, 'off'), trail: parseReach(query.get('trail')),
    };
}

export function formatHash(state: Partial<UrlState>): string {
    const { device = null, devices = null, day = null, at = null, speed = 1, view = null, off = null, trail = null } = state;
    const parts: string[] = [];
    const put = (name: string, value: string | null): void => void (value !== null && parts.push(`${name}=${value}`));
    const putList = (name: string, keys: string[] | null): void => put(name, keys && keys.length > 0 && keys.length <= MOST ? keys.map(written).join(',') : null);
    put('device', device === null ? null : written(device));
    putList('devices', devices);
    put('day', day);
    put('at', at === null ? null : String(Math.round(at)));
    put('speed', speed === 1 ? null : String(speed));
    putList('off', off);
    put('trail', trail === null ? null : formatReach(trail));
    if (view !== null) {
        const { zoom, lat, lon } = view;
        const digits = Math.max(2, Math.min(6, Math.ceil(zoom / 3)));
        parts.push(`map=${zoom.toFixed(2)}/${lat.toFixed(digits)}/${wrapLongitude(lon).toFixed(digits)}`);
    }
    return parts.length > 0 ? `#${parts.join('&')}` : '';
}

/** Of the map as it is then, within this server. */
export const mapAddress = (state: Partial<UrlState>): string => `/${formatHash(state)}`;
