// A reduced track again, as exact as the map now shows it.
import type { Past } from './api.ts';
import { isIn } from './geo.ts';
import type { MapView } from './map.ts';
import type { Fix } from './model.ts';
import type { Track } from './past.ts';

export interface Exactness {
    device: string; // its key
    from: number; // Unix seconds
    to: number;
    accuracy: number; // metres, 0: all
    points?: number; // at most
}

export const isReduced = (track: Track | null): boolean => track !== null && track.fixes.length < track.seen;

/** null: what there is is as exact as can be seen, or the answer would be the same. */
export async function inSight(past: Pick<Past, 'reduced'>, { device, from, to, ...options }: Exactness, track: Track, view: MapView): Promise<readonly Fix[] | null> {
    const { box, tolerance } = view.sight();
    if (track.tolerance <= tolerance || track.fixes.every((fix) => isIn(box, fix))) {
        return null;
    }
    const read = await past.reduced(device, from, to, { ...options, tolerance, bbox: box }).catch(() => null);
    return read && read.fixes.length > 1 ? read.fixes : null;
}
