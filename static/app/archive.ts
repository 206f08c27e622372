// A PMTiles archive as the map's background: pictures, or vector tiles in Protomaps' schema. A file of its own.
import { layers, namedFlavor } from '@protomaps/basemaps';
import type { LayerSpecification } from 'maplibre-gl';
import { FetchSource, PMTiles, Protocol, TileType } from 'pmtiles';
import { BACKGROUND, pictures, type Background } from './background.ts';
import type { MapLibrary } from './map.ts';
import { isObject } from './model.ts';

/** What an archive says of its authors, without the markup that it may hold. */
function creditOf(metadata: unknown): string {
    const markup = isObject(metadata) && typeof metadata.attribution === 'string' ? metadata.attribution : '';
    return (new DOMParser().parseFromString(markup, 'text/html').body.textContent ?? '').trim().slice(0, 200);
}

/** Texts are drawn with the browser's own fonts; icons are left out, for they would be a picture more. */
function withoutIcons(layer: LayerSpecification): LayerSpecification | null {
    if (layer.type !== 'symbol') {
        return layer;
    }
    const layout = Object.fromEntries(Object.entries(layer.layout ?? {}).filter(([name]) => !name.startsWith('icon-')));
    return 'text-field' in layout ? { ...layer, layout } : null;
}

export async function openArchive(lib: MapLibrary, url: string, lang: string, fading: boolean,
    headers: Record<string, string>): Promise<Background> {
    const archive = new PMTiles(new FetchSource(url, new Headers(headers)));
    const { tileType, minZoom, maxZoom } = await archive.getHeader();
    const credit = creditOf(await archive.getMetadata());
    const protocol = new Protocol();
    protocol.add(archive);
    lib.addProtocol('pmtiles', protocol.tile);
    const tiles = `pmtiles://${url}/{z}/{x}/{y}`;
    if (tileType !== TileType.Mvt) {
        return pictures(tiles, fading, maxZoom, credit);
    }
    return {
        source: { type: 'vector', tiles: [tiles], minzoom: minZoom, maxzoom: maxZoom },
        layers: (dark) => layers(BACKGROUND, namedFlavor(dark ? 'dark' : 'light'), { lang })
            .map(withoutIcons).filter((layer) => layer !== null),
        tone: 0,
        credit,
    };
}
