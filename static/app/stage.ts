import type { MapLibrary, MapView } from './map.ts';
import type { Fix } from './model.ts';
import type { TrackLayer } from './tracklayer.ts';

/** What there is to draw on: nothing until the map's library is there, and for good when the browser has no WebGL. */
export interface Stage {
    lib: MapLibrary | null;
    view: MapView | null;
    layer: TrackLayer | null; // a little later than the map itself
}

/** Looks at a position, with the circle of its accuracy: the only thing to be seen of one that no track goes to. */
export function lookAtFix({ view, layer }: Stage, fix: Fix): void {
    view?.focus(fix);
    layer?.setAccuracy(fix, fix.accuracy);
}
