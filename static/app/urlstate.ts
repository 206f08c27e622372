// What the address bar keeps: #device=owner/phone&day=2026-03-06&map=ZOOM/LAT/LON. Enough to reload, bookmark, go back.
import { wrapLongitude } from './geo.ts';
import { parsePeriod } from './period.ts';

export interface View {
    zoom: number;
    lat: number;
    lon: number;
}
export interface UrlState {
    device: string | null;
    day: string | null; // the history's period, as period.ts writes it
    view: View | null;
}

function parseView(text: string | null): View | null {
    const parts = (text ?? '').split('/').map((part) => (part.trim() === '' ? NaN : Number(part)));
    const [zoom = NaN, lat = NaN, lon = NaN] = parts;
    const good = parts.length === 3 && zoom >= 0 && zoom <= 24 && Math.abs(lat) <= 90 && Math.abs(lon) <= 180;
    return good ? { zoom, lat, lon } : null;
}

export function parseHash(hash: string): UrlState {
    const query = new URLSearchParams(hash.replace(/^#/, ''));
    const day = query.get('day') ?? '';
    return { device: query.get('device') || null, day: parsePeriod(day) ? day : null, view: parseView(query.get('map')) };
}

export function formatHash(state: UrlState): string {
    const parts: string[] = [];
    if (state.device !== null) {
        parts.push(`device=${encodeURIComponent(state.device).replaceAll('%2F', '/')}`);
    }
    if (state.day !== null) {
        parts.push(`day=${state.day}`);
    }
    if (state.view !== null) {
        const { zoom, lat, lon } = state.view;
        const digits = Math.max(2, Math.min(6, Math.ceil(zoom / 3)));
        parts.push(`map=${zoom.toFixed(2)}/${lat.toFixed(digits)}/${wrapLongitude(lon).toFixed(digits)}`);
    }
    return parts.length > 0 ? `#${parts.join('&')}` : '';
}
