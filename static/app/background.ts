// What lies below everything on the map: tiles of pictures, or an archive's layers, each in two themes.
import type { LayerSpecification, SourceSpecification } from 'maplibre-gl';
import { load } from './load.ts';
import type { MapLibrary } from './map.ts';

declare const ARCHIVE_URL: string;

export interface Background {
    source: SourceSpecification;
    /** All layers of it; in both themes the same ones with the same properties. */
    layers(dark: boolean): LayerSpecification[];
    /** How much blue lies over it in the dark, 0 to 1. */
    tone: number;
    /** Whose it is, when the archive says so. */
    credit: string;
}

export const MAX_ZOOM = 19;
const FADE = 200; // ms
export const BACKGROUND = 'tiles'; // name of the source

/** Light tiles turned into a dark map: brightness upside down, hues kept, a little less colour. */
const darkRaster = {
    'raster-brightness-min': 0.86, 'raster-brightness-max': 0.07, 'raster-hue-rotate': 180,
    'raster-saturation': -0.5, 'raster-contrast': -0.05,
} as const;
const lightRaster = {
    'raster-brightness-min': 0, 'raster-brightness-max': 1, 'raster-hue-rotate': 0,
    'raster-saturation': -0.12, 'raster-contrast': 0,
} as const;

export function pictures(tiles: string, fading: boolean, maxzoom = MAX_ZOOM, credit = ''): Background {
    const fade = fading ? FADE : 0;
    return {
        source: { type: 'raster', tiles: [tiles], tileSize: 256, maxzoom },
        layers: (dark) => [{
            id: 'tiles', type: 'raster', source: BACKGROUND, paint: { 'raster-fade-duration': fade, ...(dark ? darkRaster : lightRaster) },
        }],
        tone: 0.16,
        credit,
    };
}

/** url: a template of tiles, ours a path; or the path of a PMTiles archive, whose reader is loaded only then. fading: pictures appear softly. headers: for
    the archive; tiles are asked for by the map. */
export async function openBackground(lib: MapLibrary, url: string, fading: boolean, headers: Record<string, string>): Promise<Background> {
    const absolute = url.startsWith('/') ? location.origin + url : url;
    if (!url.endsWith('.pmtiles')) {
        return pictures(absolute, fading);
    }
    const { openArchive } = await load<typeof import('./archive.ts')>(ARCHIVE_URL);
    return openArchive(lib, absolute, document.documentElement.lang, fading, headers);
}
