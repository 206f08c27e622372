// Geometry on a sphere, and today's track as GeoJSON.
import type { Feature, FeatureCollection, LineString, Point, Polygon } from 'geojson';
import type { Fix } from './model.ts';

const EARTH = 6371008.8; // mean radius, metres
const radians = (degrees: number): number => (degrees * Math.PI) / 180;
const degrees = (rad: number): number => (rad * 180) / Math.PI;

/** Metres between two points (haversine). */
export function metresBetween(a: { lat: number; lon: number }, b: { lat: number; lon: number }): number {
    const dLat = radians(b.lat - a.lat);
    const dLon = radians(b.lon - a.lon);
    const h = Math.sin(dLat / 2) ** 2
        + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.sin(dLon / 2) ** 2;
    return 2 * EARTH * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** West, south, east, north in degrees; across the date line where west is more than east. */
export type Box = readonly [number, number, number, number];

/** Longitude back into -180..180 after the map was carried round the world. */
export function wrapLongitude(lon: number): number {
    return ((((lon + 180) % 360) + 360) % 360) - 180;
}

/** A view of the map, whose longitudes may have run on past 180; null: all of the earth. */
export function boxOf(west: number, south: number, east: number, north: number): Box | null {
    return east - west >= 360 ? null : [wrapLongitude(west), south, wrapLongitude(east), north];
}

export function isIn(box: Box | null, { lat, lon }: { lat: number; lon: number }): boolean {
    if (box === null) {
        return true;
    }
    const [west, south, east, north] = box;
    return lat >= south && lat <= north && (west <= east ? lon >= west && lon <= east : lon >= west || lon <= east);
}

/** A circle of so many metres as a polygon; longitudes run on past 180 rather than jump. */
export function circle(lat: number, lon: number, metres: number, corners = 72): Feature<Polygon> {
    const ring: [number, number][] = [];
    const d = metres / EARTH;
    const lat1 = radians(lat);
    for (let i = 0; i <= corners; i++) {
        const bearing = (2 * Math.PI * (i % corners)) / corners;
        const lat2 = Math.asin(Math.sin(lat1) * Math.cos(d) + Math.cos(lat1) * Math.sin(d) * Math.cos(bearing));
        const dLon = Math.atan2(Math.sin(bearing) * Math.sin(d) * Math.cos(lat1), Math.cos(d) - Math.sin(lat1) * Math.sin(lat2));
        ring.push([lon + degrees(dLon), degrees(lat2)]);
    }
    return { type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [ring] } };
}

export interface TrackSegment {
    gap: boolean; // nothing was heard in between: drawn dashed
    points: Fix[];
}

const GAP_SECONDS = 15 * 60;
const GAP_METRES = 400;

/** Cuts a track (by time) where the phone was silent while it moved on. */
export function segments(track: readonly Fix[]): TrackSegment[] {
    const result: TrackSegment[] = [];
    let current: Fix[] = [];
    let before: Fix | undefined;
    for (const fix of track) {
        if (before && fix.afterSilence !== false && fix.time - before.time > GAP_SECONDS && metresBetween(before, fix) > GAP_METRES) {
            result.push({ gap: false, points: current }, { gap: true, points: [before, fix] });
            current = [];
        }
        current.push(fix);
        before = fix;
    }
    result.push({ gap: false, points: current });
    return result.filter((segment) => segment.points.length > 1);
}

/** Longitudes of one line made continuous, so that a line over the date line does not cross the world. */
export function unwrap(points: readonly { lat: number; lon: number }[]): [number, number][] {
    let before = points[0]?.lon ?? 0;
    return points.map((fix) => {
        before = fix.lon + 360 * Math.round((before - fix.lon) / 360);
        return [before, fix.lat];
    });
}

export function trackLines(track: readonly Fix[]): FeatureCollection<LineString> {
    return {
        type: 'FeatureCollection',
        features: segments(track).map((segment) => ({
            type: 'Feature',
            properties: { gap: segment.gap },
            geometry: { type: 'LineString', coordinates: unwrap(segment.points) },
        })),
    };
}

export function trackPoints(track: readonly Fix[]): FeatureCollection<Point> {
    return {
        type: 'FeatureCollection',
        features: track.map((fix) => ({
            type: 'Feature',
            id: fix.id,
            properties: { id: fix.id },
            geometry: { type: 'Point', coordinates: [fix.lon, fix.lat] },
        })),
    };
}

/** Length of the way in metres. Steps that are smaller than what both ends' accuracy can tell apart are
    standing still, not walking. */
export function trackLength(track: readonly Fix[]): number {
    let metres = 0;
    let anchor = track[0];
    for (const fix of track) {
        const step = anchor ? metresBetween(anchor, fix) : 0;
        if (anchor && step > Math.max(10, anchor.accuracy ?? 0, fix.accuracy ?? 0)) {
            metres += step;
            anchor = fix;
        }
    }
    return metres;
}
