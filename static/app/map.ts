// The map itself: base layers, colours by theme, and where it looks.
import type { LngLatLike, Map as MapLibreMap, MapSourceDataEvent, PaddingOptions, StyleSpecification } from 'maplibre-gl';
import { BACKGROUND, MAX_ZOOM, openBackground, type Background } from './background.ts';
import { reducedMotion } from './dom.ts';
import { drawnBySoftware, drawNoSky, LightDrawing } from './drawing.ts';
import type { MapFoot } from './foot.ts';
import { boxOf, type Box } from './geo.ts';
import { load } from './load.ts';
import { isObject } from './model.ts';
import { isDark, onThemeChange } from './theme.ts';
import type { View } from './urlstate.ts';

declare const MAP_LIBRARY_URL: string;
declare const MAP_WORKER_URL: string;

/** What our build of the library exports. */
export type MapLibrary = Pick<typeof import('maplibre-gl'), 'Map' | 'Marker' | 'LngLatBounds' | 'addProtocol' | 'setWorkerUrl' | 'setMaxParallelImageRequests'>;

/** A file of its own: it changes rarely and stays in the browser's cache. */
export async function loadMapLibrary(): Promise<MapLibrary> {
    const lib = await load<MapLibrary>(MAP_LIBRARY_URL);
    lib.setWorkerUrl(MAP_WORKER_URL);
    lib.setMaxParallelImageRequests(TILES_AT_ONCE);
    return lib;
}

export interface Place {
    lat: number;
    lon: number;
}

type PaintName = Parameters<MapLibreMap['setPaintProperty']>[1];

const CLOSE = 15; // zoom for one place
const MARGIN = 56; // pixels around what is to be seen
const TOOLS = 24; // more of them where the map's buttons are
const GRID = 64; // pixels
const METRES_PER_PIXEL = 78271.5; // at zoom 0 on the equator, tiles of 512 px
const TILES_AT_ONCE = 6; // requests: what browsers send to one server; the library asks for all of them in one task
const OWN_TILES = `${location.origin}/api/tiles/`;
const CLEARED = 2000; // ms without a missing tile

const style: StyleSpecification = {
    version: 8,
    sources: {},
    layers: [
        { id: 'ground', type: 'background', layout: { visibility: 'none' } }, // else the page's is seen
        { id: 'grid', type: 'background', layout: { visibility: 'none' }, paint: { 'background-pattern': 'grid' } },
        { id: 'tone', type: 'background', paint: { 'background-color': '#24406e', 'background-opacity': 0 } },
    ],
};

/** A cell of the plain grid that shows where no tiles are. */
function gridImage(colour: string): ImageData {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = GRID;
    const pen = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D;
    pen.fillStyle = colour;
    pen.fillRect(0, 0, GRID, 1);
    pen.fillRect(0, 0, 1, GRID);
    return pen.getImageData(0, 0, GRID, GRID);
}

export class MapView {
    readonly map: MapLibreMap;
    private readonly loaded: Promise<unknown>; // the style is; told in a task of its own, not within a frame
    private moved: ((view: View) => void) | null = null;
    private background: Background | null = null;
    private readonly light: LightDrawing | null;
    private readonly waiting = new Set<() => void>(); // for the style
    private styled = true; // false: it is gone with the graphics, and comes back with them
    private lacking = false; // tiles
    private missed = -Infinity; // ms: when a tile was not to be had

    /** headers: for the server's own tiles, when no session lets one have them. */
    constructor(private readonly lib: MapLibrary, container: HTMLElement, label: string, private readonly foot: MapFoot,
        private readonly headers: Record<string, string> = {}) {
        this.map = new lib.Map({
            container, style,
            center: [10, 25], zoom: 1.4, minZoom: 0, maxZoom: MAX_ZOOM + 1,
            attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false,
            fadeDuration: 0, locale: { 'Map.Title': label },
            transformRequest: (url) => (url.startsWith(OWN_TILES) ? { url, headers } : { url }),
        });
        drawNoSky(this.map);
        this.light = drawnBySoftware(this.map) ? new LightDrawing(this.map) : null;
        this.loaded = new Promise((resolve) => this.map.once('style.load', () => setTimeout(resolve)));
        this.map.touchZoomRotate.disableRotation();
        this.map.keyboard.disableRotation();
        this.watchTiles();
        this.watchStyle();
        this.map.on('moveend', () => this.moved?.(this.view()));
        void this.ready().then(() => {
            this.map.addImage('grid', gridImage('#d3dae2'));
            this.inTheme(this.colour);
        });
    }

    /** Sources, layers and their paint are changed through this: now, or once the graphics that were lost are back. The same
        function then runs once, and draws what is true by then. */
    restyle(change: () => void): void {
        if (this.styled) {
            change();
        } else {
            this.waiting.add(change);
        }
    }

    /** paint: sets colours, now and when the theme changes. */
    inTheme(paint: () => void): void {
        this.restyle(paint);
        onThemeChange(() => this.restyle(paint));
    }

    /** Below everything else. Tiles are asked for from now on (the map better looks where it is to look) and have been when it returns. */
    async lay(tileUrl: string): Promise<void> {
        await this.loaded;
        try {
            const background = await openBackground(this.lib, tileUrl, !this.light && !reducedMotion(), this.headers);
            this.restyle(() => {
                this.map.addSource(BACKGROUND, background.source);
                background.layers(isDark()).forEach((layer) => this.map.addLayer(layer, 'tone'));
                this.background = background;
                this.colour();
            });
            this.foot.credit(background.credit);
            await this.firstTile();
        } catch (error) {
            console.warn(error);
            this.missing(true);
        }
    }

    private firstTile(): Promise<void> {
        return new Promise((resolve) => {
            const asked = ({ sourceId, tile }: MapSourceDataEvent): void => {
                if (sourceId === BACKGROUND && tile !== undefined) {
                    this.map.off('sourcedataloading', asked);
                    setTimeout(resolve);
                }
            };
            this.map.on('sourcedataloading', asked);
        });
    }

    /** A note at the edge, and the grid where no tiles are. */
    private missing(on: boolean): void {
        if (on === this.lacking) {
            return;
        }
        this.lacking = on;
        this.foot.tell(on ? 'tilesMissing' : null);
        this.restyle(this.showGrid);
    }

    private readonly showGrid = (): void => void this.map.setLayoutProperty('grid', 'visibility', this.lacking ? 'visible' : 'none');

    /** Layers can be added. */
    async ready(): Promise<void> {
        await this.loaded;
    }

    /** Much is about to be drawn anew. */
    prepare(): void {
        this.light?.coarsen();
    }

    /** Adds to the map what can wait for what is there already. */
    async oneByOne(parts: (() => void)[]): Promise<void> {
        for (const add of parts) {
            await new Promise((resolve) => this.map.once('idle', resolve));
            add();
            this.map.triggerRepaint();
        }
    }

    onMoved(run: (view: View) => void): void {
        this.moved = run;
    }

    view(): View {
        const { lng, lat } = this.map.getCenter();
        return { zoom: this.map.getZoom(), lat, lon: lng };
    }

    /** What can be seen: where (null: everywhere), and half a pixel in metres. */
    sight(): { box: Box | null; tolerance: number } {
        const [bounds, { lat, zoom }] = [this.map.getBounds(), this.view()];
        return {
            box: boxOf(bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()),
            tolerance: (METRES_PER_PIXEL * Math.cos((lat * Math.PI) / 180)) / 2 ** zoom / 2,
        };
    }

    /** It is in sight and no panel covers it. */
    shows({ lat, lon }: Place): boolean {
        const { x, y } = this.map.project([lon, lat]);
        const { left = 0, right = 0, top = 0, bottom = 0 } = this.map.getPadding();
        const { clientWidth, clientHeight } = this.map.getContainer();
        return x > left && x < clientWidth - right && y > top && y < clientHeight - bottom;
    }

    jump(view: View): void {
        this.map.jumpTo({ center: [view.lon, view.lat], zoom: view.zoom });
    }

    /** Looks at one place from near, without going further away than now. */
    focus(place: Place): void {
        const zoom = Math.max(CLOSE, Math.min(this.map.getZoom(), MAX_ZOOM - 1));
        const to = { center: [place.lon, place.lat] as LngLatLike, zoom };
        if (reducedMotion()) {
            this.map.jumpTo(to);
        } else {
            this.map.flyTo({ ...to, maxDuration: 1600, essential: true });
        }
    }

    /** Keeps the zoom and slides there in the given time. */
    slide(place: Place, ms: number): void {
        const center: LngLatLike = [place.lon, place.lat];
        if (reducedMotion() || ms === 0) {
            this.map.jumpTo({ center });
        } else {
            this.map.easeTo({ center, duration: ms, easing: (x) => x, essential: true });
        }
    }

    fit(places: readonly Place[], animate: boolean, closest = CLOSE): void {
        const first = places[0];
        if (!first) {
            return;
        }
        const bounds = new this.lib.LngLatBounds();
        places.forEach((place) => bounds.extend([place.lon, place.lat]));
        const still = !animate || reducedMotion();
        const tools = bounds.getWest() !== bounds.getEast() && document.querySelector('.map-tools') !== null ? TOOLS : 0;
        const padding = { top: MARGIN, bottom: MARGIN, left: MARGIN, right: MARGIN + tools };
        this.map.fitBounds(bounds, { padding, maxZoom: closest, animate: !still, maxDuration: 1600, essential: true });
    }

    zoom(steps: number): void {
        this.map.easeTo({ zoom: this.map.getZoom() + steps, duration: reducedMotion() ? 0 : 250 });
    }

    /** Part of the map that panels cover; the middle is taken from the rest. */
    setPadding(padding: PaddingOptions): void {
        const now = this.map.getPadding();
        if (now.left !== padding.left || now.top !== padding.top || now.bottom !== padding.bottom) {
            this.map.setPadding(padding);
        }
    }

    private readonly colour = (): void => {
        const dark = isDark();
        if (this.light) {
            this.map.setPaintProperty('ground', 'background-color', getComputedStyle(this.map.getContainer()).backgroundColor);
            this.map.setLayoutProperty('ground', 'visibility', 'visible');
        }
        for (const { id, paint = {} } of this.background?.layers(dark) ?? []) {
            for (const [name, value] of Object.entries(paint)) {
                this.map.setPaintProperty(id, name as PaintName, value);
            }
        }
        this.map.setPaintProperty('tone', 'background-opacity', dark ? this.background?.tone ?? 0 : 0);
        this.map.updateImage('grid', gridImage(dark ? '#2b3643' : '#d3dae2'));
    };

    private watchStyle(): void {
        this.map.on('webglcontextlost', () => (this.styled = false));
        this.map.on('style.load', () => {
            this.styled = true;
            this.waiting.forEach((change) => change());
            this.waiting.clear();
        });
    }

    private watchTiles(): void {
        this.map.on('error', (event) => {
            if ('sourceId' in event && event.sourceId === BACKGROUND) {
                this.missed = performance.now();
                this.missing(true);
            } else {
                console.error(event.error);
            }
        });
        this.map.on('sourcedata', (event) => {
            const tile: unknown = event.tile; // no type in the library
            if (event.sourceId === BACKGROUND && isObject(tile) && tile.state === 'loaded' && performance.now() - this.missed > CLEARED) {
                this.missing(false);
            }
        });
    }
}
