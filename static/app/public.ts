// The page of a public link. Its secret stands behind the # of the address, which browsers send nowhere.
import type { Marker } from 'maplibre-gl';
import { lineColour } from './colours.ts';
import { byId, el, setText } from './dom.ts';
import { MapFoot } from './foot.ts';
import * as format from './format.ts';
import { circle, unwrap } from './geo.ts';
import { loadMapLibrary, MapView, type MapLibrary } from './map.ts';
import { Overlay } from './overlay.ts';
import { isDark } from './theme.ts';
import { parseVisit, type Visit } from './visit.ts';
import { t, translatePage } from './texts.ts';

const POLL = 12_000; // ms
const TICK = 5000; // ms: the age on the page
const NEAR = 15; // zoom of a place
const NEAR_AREA = 12; // of an area
const COLOUR = '#2451d6';

type Answer = Visit | 'ended' | 'failed';

async function ask(secret: string): Promise<Answer> {
    try {
        const answer = await fetch('/api/public/position/', { headers: { 'X-Share-Link': secret }, cache: 'no-store', credentials: 'omit' });
        if (answer.status === 404) {
            return 'ended';
        }
        return (answer.ok ? parseVisit(await answer.json()) : null) ?? 'failed';
    } catch {
        return 'failed';
    }
}

/** What is drawn: a marker, the circle of its accuracy, the trail. */
class Drawing {
    private readonly accuracy: Overlay;
    private readonly trail: Overlay;
    private marker: Marker | null = null;
    private looked = false;

    constructor(private readonly lib: MapLibrary, private readonly view: MapView) {
        this.accuracy = new Overlay(view, 'accuracy', 0.2);
        this.trail = new Overlay(view, 'trail', 0.4);
        this.accuracy.add({ id: 'accuracy', type: 'fill', source: 'accuracy', paint: { 'fill-color': COLOUR, 'fill-opacity': 0.18 } });
        this.trail.add({
            id: 'trail', type: 'line', source: 'trail', layout: { 'line-cap': 'round', 'line-join': 'round' },
            paint: { 'line-width': 3.5, 'line-opacity': 0.8 },
        });
        view.inTheme(() => view.map.setPaintProperty('trail', 'line-color', lineColour(COLOUR, isDark())));
    }

    show({ position, trail, area }: Visit): void {
        if (!position) {
            this.clear();
            return;
        }
        const at: [number, number] = [position.lon, position.lat];
        this.accuracy.set({ type: 'FeatureCollection', features: position.accuracy ? [circle(position.lat, position.lon, position.accuracy)] : [] });
        this.trail.set({
            type: 'FeatureCollection',
            features: trail.length < 2 ? [] : [{ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: unwrap(trail) } }],
        });
        this.marker ??= new this.lib.Marker({ element: el('div', { class: 'public-marker', 'aria-hidden': 'true' }), anchor: 'center' })
            .setLngLat(at).addTo(this.view.map);
        this.marker.setLngLat(at);
        if (!this.looked) {
            this.looked = true;
            this.view.jump({ lat: position.lat, lon: position.lon, zoom: area ? NEAR_AREA : NEAR });
        } else if (!this.view.shows(position)) {
            this.view.slide(position, 1000);
        }
    }

    clear(): void {
        this.marker?.remove();
        this.marker = null;
        [this.accuracy, this.trail].forEach((overlay) => overlay.set({ type: 'FeatureCollection', features: [] }));
    }
}

class PublicPage {
    private readonly secret = location.hash.slice(1);
    private drawing: Drawing | null = null;
    private visit: Visit | null = null;
    private ahead = 0; // s by which the server's clock is ahead of ours
    private over = false;

    async start(): Promise<void> {
        translatePage(document);
        addEventListener('hashchange', () => location.reload()); // another link
        setInterval(() => this.tell(), TICK);
        await this.look();
        if (!this.over) {
            await this.openMap();
        }
    }

    private async look(): Promise<void> {
        const answer = this.secret === '' ? 'ended' : await ask(this.secret);
        if (answer === 'ended') {
            this.end();
            return;
        }
        if (answer !== 'failed') {
            this.visit = answer;
            this.ahead = answer.now - Date.now() / 1000;
            this.drawing?.show(answer);
        }
        this.tell(answer === 'failed');
        setTimeout(() => void this.look(), POLL);
    }

    private async openMap(): Promise<void> {
        const { tileUrl = '', osm } = document.body.dataset;
        const foot = new MapFoot(osm === '1');
        try {
            const lib = await loadMapLibrary();
            const view = new MapView(lib, byId('map'), t('map'), foot, { 'X-Share-Link': this.secret });
            await view.ready();
            this.drawing = new Drawing(lib, view);
            if (this.visit && !this.over) {
                this.drawing.show(this.visit);
            }
            await view.lay(tileUrl);
        } catch (error) {
            console.warn(error);
            foot.tell('mapFailed');
        }
    }

    private tell(failed = false): void {
        const { visit } = this;
        if (this.over || (!visit && !failed)) {
            return;
        }
        if (!visit) {
            setText(byId('public-state'), t('publicOffline'));
            return;
        }
        const now = Date.now() / 1000 + this.ahead;
        const { position, label, area, expiresAt } = visit;
        document.title = label || t('publicTitle');
        setText(byId('public-name'), label || t('publicTitle'));
        setText(byId('public-state'), failed ? t('publicOffline') : position ? format.age(position.at, now) : t('publicNoPosition'));
        setText(byId('public-note'), [area ? t('publicArea') : '', t('publicUntil', { time: format.moment(expiresAt, true) })].join(' ').trim());
    }

    /** Nothing of it stays on the page. */
    private end(): void {
        this.over = true;
        this.visit = null;
        this.drawing?.clear();
        document.title = t('publicEndedTitle');
        setText(byId('public-name'), t('publicEndedTitle'));
        setText(byId('public-state'), t('publicEnded'));
        setText(byId('public-note'), '');
        document.body.classList.add('ended');
    }
}

void new PublicPage().start();
