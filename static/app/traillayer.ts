// Lines of several devices, each in its colour: trails below the track of the chosen one, and a history of several.
import { lineColour } from './colours.ts';
import { trackLines } from './geo.ts';
import type { MapView } from './map.ts';
import { Overlay } from './overlay.ts';
import { isDark, onThemeChange } from './theme.ts';
import { byZoom } from './tracklayer.ts';
import type { Line } from './trails.ts';

const round = { 'line-cap': 'round', 'line-join': 'round' } as const;

export class ColourLines {
    private lines: readonly Line[] = [];

    constructor(private readonly overlay: Overlay) {
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

export function trailLayer(view: MapView): ColourLines {
    const overlay = new Overlay(view, 'trails', 0.4);
    overlay.add({
        id: 'trails', type: 'line', source: 'trails', layout: round,
        paint: { 'line-color': ['get', 'colour'], 'line-opacity': 0.7, 'line-width': byZoom(8, 1.5, 13, 2.5, 18, 4) },
    }, 'accuracy-area');
    return new ColourLines(overlay);
}

/** As wide as one device's track, gaps dashed. */
export function groupLayer(view: MapView): ColourLines {
    const overlay = new Overlay(view, 'group', 0.2);
    overlay.add({
        id: 'group-gap', type: 'line', source: 'group', filter: ['get', 'gap'],
        paint: { 'line-color': ['get', 'colour'], 'line-width': 2, 'line-opacity': 0.75, 'line-dasharray': [1.5, 2] },
    }, 'track-highlight');
    overlay.add({
        id: 'group-line', type: 'line', source: 'group', filter: ['!', ['get', 'gap']], layout: round,
        paint: { 'line-color': ['get', 'colour'], 'line-width': byZoom(8, 2, 13, 3.5, 18, 6) },
    }, 'track-highlight');
    return new ColourLines(overlay);
}
