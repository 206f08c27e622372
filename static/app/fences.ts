// One's geofences on the map: read, drawn, and switched on and off. Drawing and changing them is fenceedit.ts.
import type { Marker } from 'maplibre-gl';
import type { FeatureCollection } from 'geojson';
import { callApi, type Answer } from './calls.ts';
import { el } from './dom.ts';
import { circle } from './geo.ts';
import type { MapLibrary, MapView } from './map.ts';
import { parseFence, type Fence } from './model.ts';
import { Overlay } from './overlay.ts';
import { isDark } from './theme.ts';

const URL_ALL = '/api/geofences/';
const SHOWN_KEY = 'mytracks-places';
const BELOW = 'accuracy-area'; // tracks and accuracy lie above
const BELOW_MIDDLE: [number, number] = [0, 16]; // pixels: a name is not under who is at the place

const body = ({ label, lat, lon, radius }: Fence): Record<string, string | number> => ({ label, latitude: lat, longitude: lon, radius });

export class Fences {
    private all: Fence[] = [];
    private readonly hidden = new Set<number>(); // by id
    private draft: Fence | null = null;
    private shown: boolean;
    private readonly overlay: Overlay;
    private readonly labels: Marker[] = [];

    /** choose: a place was chosen. */
    constructor(private readonly view: MapView, private readonly lib: MapLibrary, private readonly choose: (fence: Fence) => void) {
        this.shown = localStorage.getItem(SHOWN_KEY) !== 'off';
        this.overlay = new Overlay(view, 'fences', 0.4);
        this.overlay.add({ id: 'fence-area', type: 'fill', source: 'fences', paint: { 'fill-antialias': false, 'fill-opacity': ['case', ['get', 'draft'], 0.3, 0.12] } }, BELOW);
        this.overlay.add({ id: 'fence-edge', type: 'line', source: 'fences', paint: { 'line-width': ['case', ['get', 'draft'], 3, 1.5] } }, BELOW);
        view.inTheme(this.colour);
    }

    get visible(): boolean {
        return this.shown;
    }

    show(on: boolean): void {
        this.shown = on;
        localStorage.setItem(SHOWN_KEY, on ? 'on' : 'off');
        this.draw();
    }

    /** What cannot be read stays as it was. */
    async load(): Promise<void> {
        const { ok, body: rows } = await callApi('GET', URL_ALL);
        if (ok && Array.isArray(rows)) {
            this.all = rows.map(parseFence).filter((fence) => fence !== null).filter(({ id }) => !this.hidden.has(id));
            this.draw();
        }
    }

    /** Makes it or changes it; on success it is on the map. */
    async keep(fence: Fence): Promise<Answer> {
        const answer = await (fence.id === 0 ? callApi('POST', URL_ALL, body(fence)) : callApi('PATCH', `${URL_ALL}${fence.id}/`, body(fence)));
        const kept = answer.ok ? parseFence(answer.body) : null;
        if (kept) {
            this.all = [...this.all.filter(({ id }) => id !== kept.id), kept];
            this.draw();
        }
        return answer;
    }

    /** Takes it off the map alone. */
    hide(fence: Fence): void {
        this.hidden.add(fence.id);
        this.all = this.all.filter(({ id }) => id !== fence.id);
        this.draw();
    }

    unhide(fence: Fence): void {
        this.hidden.delete(fence.id);
        this.all = [...this.all.filter(({ id }) => id !== fence.id), fence];
        this.draw();
    }

    remove(fence: Fence): Promise<Answer> {
        return callApi('DELETE', `${URL_ALL}${fence.id}/`);
    }

    /** What is being drawn or changed, instead of what is kept; null: nothing. */
    setDraft(fence: Fence | null): void {
        this.draft = fence;
        this.draw();
    }

    private list(): Fence[] {
        const { draft } = this;
        return [...(this.shown ? this.all.filter(({ id }) => id !== draft?.id) : []), ...(draft ? [draft] : [])];
    }

    private areas(): FeatureCollection {
        return {
            type: 'FeatureCollection',
            features: this.list().filter(({ radius }) => radius > 0).map((fence) => ({
                ...circle(fence.lat, fence.lon, fence.radius), properties: { draft: fence === this.draft },
            })),
        };
    }

    private draw(): void {
        this.overlay.set(this.areas());
        this.labels.splice(0).forEach((marker) => marker.remove());
        for (const fence of this.list().filter((one) => one !== this.draft)) {
            const button = el('button', { type: 'button', class: 'fence-label', 'aria-label': fence.label }, fence.label);
            button.addEventListener('click', (event) => {
                event.stopPropagation();
                this.choose(fence);
            });
            this.labels.push(new this.lib.Marker({ element: button, anchor: 'top', offset: BELOW_MIDDLE }).setLngLat([fence.lon, fence.lat]).addTo(this.view.map));
        }
    }

    private readonly colour = (): void => {
        const colour = isDark() ? '#8fd0a4' : '#157f3c';
        this.view.map.setPaintProperty('fence-area', 'fill-color', colour);
        this.view.map.setPaintProperty('fence-edge', 'line-color', colour);
    };
}
