import type { MapLibrary, MapView } from './map.ts';
import type { TrackLayer } from './tracklayer.ts';

/** What there is to draw on: nothing until the map's library is there, and for good when the browser has no WebGL. */
export interface Stage {
    lib: MapLibrary | null;
    view: MapView | null;
    layer: TrackLayer | null; // a little later than the map itself
}
