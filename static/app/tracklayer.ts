// Today's track of the chosen device and the circle of its accuracy, drawn by the GPU.
import type { ExpressionSpecification, GeoJSONSource, MapLayerMouseEvent } from 'maplibre-gl';
import type { FeatureCollection } from 'geojson';
import { lighten } from './colours.ts';
import { el } from './dom.ts';
import { circle, trackLines, trackPoints } from './geo.ts';
import * as format from './format.ts';
import type { MapView, Place } from './map.ts';
import type { Fix } from './model.ts';
import { isDark, onThemeChange } from './theme.ts';

const nothing: FeatureCollection = { type: 'FeatureCollection', features: [] };

/** Grows with the zoom: pairs of zoom and pixels. */
export function byZoom(...stops: number[]): ExpressionSpecification {
    return ['interpolate', ['linear'], ['zoom'], ...stops];
}

/** An arrow head that points along the line (to the right). */
function arrowImage(fill: string, edge: string): ImageData {
    const size = 48;
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = size;
    const pen = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D;
    pen.fillStyle = fill;
    pen.strokeStyle = edge;
    pen.lineWidth = 4;
    pen.lineJoin = 'round';
    pen.beginPath();
    pen.moveTo(10, 8);
    pen.lineTo(40, 24);
    pen.lineTo(10, 40);
    pen.lineTo(18, 24);
    pen.closePath();
    pen.fill();
    pen.stroke();
    return pen.getImageData(0, 0, size, size);
}

export class TrackLayer {
    private colour = '#2451d6';
    private track: readonly Fix[] = [];
    private readonly tip = el('div', { class: 'map-tip', hidden: true });

    constructor(private readonly view: MapView) {
        this.addLayers();
        this.view.map.getContainer().append(this.tip);
        this.showTips();
        onThemeChange(() => this.paint());
    }

    setTrack(track: readonly Fix[], colour: string): void {
        this.track = track;
        this.source('track').setData(trackLines(track));
        this.source('fixes').setData(trackPoints(track));
        if (colour !== this.colour) {
            this.colour = colour;
            this.paint();
        }
        this.tip.hidden = true;
    }

    /** Lights up a part of the track. */
    setHighlight(part: readonly Fix[]): void {
        this.source('highlight').setData(trackLines(part));
    }

    /** metres: null hides it. */
    setAccuracy(at: Place | null, metres: number | null): void {
        this.source('accuracy').setData(at && metres ? circle(at.lat, at.lon, metres) : nothing);
    }

    private source(id: string): GeoJSONSource {
        return this.view.map.getSource(id) as GeoJSONSource;
    }

    private addLayers(): void {
        const { map } = this.view;
        map.addImage('arrow', arrowImage(this.colour, '#fff'), { pixelRatio: 2 });
        for (const id of ['accuracy', 'track', 'highlight', 'fixes']) {
            map.addSource(id, { type: 'geojson', data: nothing, tolerance: 0.2 });
        }
        const round = { 'line-cap': 'round', 'line-join': 'round' } as const;
        map.addLayer({ id: 'accuracy-area', type: 'fill', source: 'accuracy', paint: { 'fill-opacity': 0.14 } });
        map.addLayer({ id: 'accuracy-edge', type: 'line', source: 'accuracy', paint: { 'line-opacity': 0.5, 'line-width': 1.5 } });
        map.addLayer({
            id: 'track-gap', type: 'line', source: 'track', filter: ['get', 'gap'],
            paint: { 'line-width': 2, 'line-opacity': 0.75, 'line-dasharray': [1.5, 2] },
        });
        map.addLayer({
            id: 'track-casing', type: 'line', source: 'track', filter: ['!', ['get', 'gap']], layout: round,
            paint: { 'line-width': byZoom(8, 4, 13, 6.5, 18, 10) },
        });
        map.addLayer({
            id: 'track-line', type: 'line', source: 'track', filter: ['!', ['get', 'gap']], layout: round,
            paint: { 'line-width': byZoom(8, 2, 13, 3.5, 18, 6) },
        });
        map.addLayer({
            id: 'track-highlight', type: 'line', source: 'highlight', layout: round,
            paint: { 'line-width': byZoom(8, 3, 13, 5, 18, 8) },
        });
        map.addLayer({
            id: 'fixes', type: 'circle', source: 'fixes', minzoom: 11,
            paint: { 'circle-radius': byZoom(11, 1.2, 14, 2.4, 18, 4.5), 'circle-stroke-width': 1.2 },
        });
        map.addLayer({
            id: 'track-arrows', type: 'symbol', source: 'track', filter: ['!', ['get', 'gap']], minzoom: 10,
            layout: {
                'symbol-placement': 'line', 'symbol-spacing': 130, 'icon-image': 'arrow', 'icon-allow-overlap': true,
                'icon-size': byZoom(10, 0.55, 18, 0.9),
            },
        });
        this.paint();
    }

    private paint(): void {
        const { map } = this.view;
        const dark = isDark();
        const line = dark ? lighten(this.colour, 0.35) : this.colour;
        const casing = dark ? '#0d1218' : '#ffffff';
        map.updateImage('arrow', arrowImage(line, casing));
        map.setPaintProperty('accuracy-area', 'fill-color', line);
        map.setPaintProperty('accuracy-edge', 'line-color', line);
        map.setPaintProperty('track-gap', 'line-color', line);
        map.setPaintProperty('track-line', 'line-color', line);
        map.setPaintProperty('track-highlight', 'line-color', dark ? '#ffb38a' : '#d9480f');
        map.setPaintProperty('track-casing', 'line-color', casing);
        map.setPaintProperty('fixes', 'circle-color', casing);
        map.setPaintProperty('fixes', 'circle-stroke-color', line);
    }

    /** Time, speed and accuracy of the position under the pointer or finger. */
    private showTips(): void {
        const { map } = this.view;
        const show = (event: MapLayerMouseEvent): void => {
            const id: unknown = event.features?.[0]?.properties.id;
            const fix = this.track.find((one) => one.id === id);
            if (!fix) {
                return;
            }
            const speed = fix.speed ? format.speed(fix.speed) : '';
            const accuracy = fix.accuracy ? `±${format.distance(fix.accuracy)}` : '';
            const facts = [speed, accuracy].filter((part) => part !== '').map((part) => ` · ${part}`).join('');
            this.tip.replaceChildren(el('span', { class: 'map-tip-text' }, el('strong', {}, format.time(fix.time)), facts));
            const { x, y } = map.project([fix.lon, fix.lat]);
            this.tip.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
            this.tip.hidden = false;
        };
        const hide = (): void => void (this.tip.hidden = true);
        map.on('mousemove', 'fixes', show);
        map.on('click', 'fixes', show);
        map.on('mouseleave', 'fixes', hide);
        map.on('movestart', hide);
    }
}
