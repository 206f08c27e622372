// Trails of all devices, below the track of the chosen one.
import { lineColour } from './colours.ts';
import { trackLines } from './geo.ts';
import type { MapView } from './map.ts';
import { Overlay } from './overlay.ts';
import { isDark, onThemeChange } from './theme.ts';
import { byZoom } from './tracklayer.ts';
import type { Line } from './trails.ts';

export class TrailLayer {
    private lines: readonly Line[] = [];
    private readonly overlay: Overlay;

    constructor(view: MapView) {
        this.overlay = new Overlay(view, 'trails', 0.4);
        this.overlay.add({
            id: 'trails', type: 'line', source: 'trails', layout: { 'line-cap': 'round', 'line-join': 'round' },
            paint: { 'line-color': ['get', 'colour'], 'line-opacity': 0.7, 'line-width': byZoom(8, 1.5, 13, 2.5, 18, 4) },
        }, 'accuracy-area');
        onThemeChange(() => this.draw());
    }

    set(lines: readonly Line[]): void {
        this.lines = lines;
        this.draw();
    }

    private draw(): void {
        const dark = isDark();
        const features = this.lines.flatMap(({ colour, fixes }) => trackLines(fixes).features.map((feature) => ({
            ...feature, properties: { ...feature.properties, colour: lineColour(colour, dark) },
        })));
        this.overlay.set({ type: 'FeatureCollection', features });
    }
}
