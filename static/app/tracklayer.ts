// Today's track of the chosen device and the circle of its accuracy, drawn by the GPU.
import type { ExpressionSpecification, MapLayerMouseEvent } from 'maplibre-gl';
import { lineColour } from './colours.ts';
import { el } from './dom.ts';
import { circle, trackLines, trackPoints } from './geo.ts';
import * as format from './format.ts';
import type { MapView, Place } from './map.ts';
import type { Fix } from './model.ts';
import { Overlay } from './overlay.ts';
import { isDark } from './theme.ts';

const LOWEST = 'track-gap'; // of these layers
const COLOURS = [
    ['accuracy-area', 'fill-color', 'line'],
    ['accuracy-edge', 'line-color', 'line'],
    ['track-gap', 'line-color', 'line'],
    ['track-casing', 'line-color', 'casing'],
    ['track-line', 'line-color', 'line'],
    ['track-highlight', 'line-color', 'lit'],
    ['fixes', 'circle-color', 'casing'],
    ['fixes', 'circle-stroke-color', 'line'],
] as const;

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
    private dated = false;
    private readonly accuracy: Overlay;
    private readonly lines: Overlay;
    private readonly highlight: Overlay;
    private readonly fixes: Overlay;
    private circled = ''; // where and how wide
    private readonly tip = el('div', { class: 'map-tip', hidden: true });

    constructor(private readonly view: MapView) {
        const overlay = (name: string): Overlay => new Overlay(view, name, 0.2);
        [this.accuracy, this.lines, this.highlight, this.fixes] = [overlay('accuracy'), overlay('track'), overlay('highlight'), overlay('fixes')];
        view.restyle(() => view.map.addImage('arrow', arrowImage(this.colour, '#fff'), { pixelRatio: 2 }));
        this.addLines();
        view.inTheme(this.paint);
        view.map.getContainer().append(this.tip);
        this.showTips();
    }

    /** dated: of several days. */
    setTrack(track: readonly Fix[], colour: string, dated = false): void {
        this.track = track;
        this.dated = dated;
        this.lines.set(trackLines(track));
        this.fixes.set(trackPoints(track));
        if (colour !== this.colour) {
            this.colour = colour;
            this.view.restyle(this.paint);
        }
        this.tip.hidden = true;
    }

    /** Lights up a part of the track. */
    setHighlight(part: readonly Fix[]): void {
        this.highlight.set(trackLines(part));
    }

    /** metres: null hides it. Cheap when nothing changes. */
    setAccuracy(at: Place | null, metres: number | null): void {
        const circled = at && metres ? `${at.lat} ${at.lon} ${metres}` : '';
        if (circled !== this.circled) {
            this.circled = circled;
            this.accuracy.set({ type: 'FeatureCollection', features: at && metres ? [circle(at.lat, at.lon, metres)] : [] });
        }
    }

    private addLines(): void {
        const round = { 'line-cap': 'round', 'line-join': 'round' } as const;
        this.lines.add({
            id: 'track-casing', type: 'line', source: 'track', filter: ['!', ['get', 'gap']], layout: round,
            paint: { 'line-width': byZoom(8, 4, 13, 6.5, 18, 10) },
        });
        this.lines.add({
            id: 'track-line', type: 'line', source: 'track', filter: ['!', ['get', 'gap']], layout: round,
            paint: { 'line-width': byZoom(8, 2, 13, 3.5, 18, 6) },
        });
        this.highlight.add({
            id: 'track-highlight', type: 'line', source: 'highlight', layout: round,
            paint: { 'line-width': byZoom(8, 3, 13, 5, 18, 8) },
        });
    }

    /** What can come a little later, each drawn by another program of the GPU. */
    readonly details = [
        (): void => this.lines.add({
            id: LOWEST, type: 'line', source: 'track', filter: ['get', 'gap'],
            paint: { 'line-width': 2, 'line-opacity': 0.75, 'line-dasharray': [1.5, 2] },
        }, 'track-casing'),
        (): void => this.fixes.add({
            id: 'fixes', type: 'circle', source: 'fixes', minzoom: 11,
            paint: { 'circle-radius': byZoom(11, 1.2, 14, 2.4, 18, 4.5), 'circle-stroke-width': 1.2 },
        }),
        (): void => this.lines.add({
            id: 'track-arrows', type: 'symbol', source: 'track', filter: ['!', ['get', 'gap']], minzoom: 10,
            layout: {
                'symbol-placement': 'line', 'symbol-spacing': 130, 'icon-image': 'arrow', 'icon-allow-overlap': true,
                'icon-size': byZoom(10, 0.55, 18, 0.9),
            },
        }),
        (): void => {
            this.accuracy.add({ id: 'accuracy-area', type: 'fill', source: 'accuracy', paint: { 'fill-antialias': false, 'fill-opacity': 0.14 } }, LOWEST);
            this.accuracy.add({ id: 'accuracy-edge', type: 'line', source: 'accuracy', paint: { 'line-opacity': 0.5, 'line-width': 1.5 } }, LOWEST);
        },
    ].map((add) => (): void => {
        add();
        this.view.restyle(this.paint);
    });

    private readonly paint = (): void => {
        const { map } = this.view;
        const dark = isDark();
        const line = lineColour(this.colour, dark);
        const casing = dark ? '#0d1218' : '#ffffff';
        map.updateImage('arrow', arrowImage(line, casing));
        const colours = { line, casing, lit: dark ? '#ffb38a' : '#d9480f' };
        for (const [layer, name, colour] of COLOURS.filter(([id]) => map.getLayer(id))) {
            map.setPaintProperty(layer, name, colours[colour]);
        }
    };

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
            this.tip.replaceChildren(el('span', { class: 'map-tip-text' }, el('strong', {}, format.moment(fix.time, this.dated)), facts));
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
