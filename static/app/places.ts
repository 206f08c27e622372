// The page of places: each form's circle on a map, where a click and a pin set what is typed beside it.
import type { Marker } from 'maplibre-gl';
import type { Feature, FeatureCollection, Polygon } from 'geojson';
import { postForm } from './calls.ts';
import { byId, el } from './dom.ts';
import { MapFoot } from './foot.ts';
import * as format from './format.ts';
import { startPage } from './forms.ts';
import { circle, wrapLongitude } from './geo.ts';
import { loadMapLibrary, MapView, type MapLibrary, type Place } from './map.ts';
import { Overlay } from './overlay.ts';
import { t } from './texts.ts';
import { startHomeCentre, startPlaceNews, startSync } from './placesync.ts';
import { startRules } from './rules.ts';
import { isDark } from './theme.ts';
import { toast } from './toast.ts';
import { inOwnUnits } from './units.ts';

const DIGITS = 6; // of a degree that the map sets: a decimetre
const MAX_ZOOM = 17;
const CORNERS = 12; // of a circle that is to be in sight

/** A form with latitude, longitude and radius. */
class PlaceForm {
    private readonly latitude: HTMLInputElement;
    private readonly longitude: HTMLInputElement;
    private readonly radius: HTMLInputElement;

    constructor(readonly form: HTMLFormElement, changed: () => void) {
        const field = (name: string): HTMLInputElement => form.elements.namedItem(name) as HTMLInputElement;
        this.latitude = field('latitude');
        this.longitude = field('longitude');
        this.radius = field('radius');
        inOwnUnits(this.radius, format.distance);
        form.addEventListener('input', changed);
    }

    name(): string {
        return (this.form.elements.namedItem('label') as HTMLInputElement).value;
    }

    /** null: what is typed is no place. */
    place(): Place | null {
        const lat = Number.parseFloat(this.latitude.value);
        const lon = Number.parseFloat(this.longitude.value);
        return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat, lon } : null;
    }

    setPlace(place: Place): void {
        this.latitude.value = place.lat.toFixed(DIGITS);
        this.longitude.value = wrapLongitude(place.lon).toFixed(DIGITS);
    }

    /** What has to be in sight: the circle, or its middle alone. */
    edges(): Place[] {
        const ring = this.area(false)?.geometry.coordinates[0]?.filter((_, i) => i % (72 / CORNERS) === 0);
        const place = this.place();
        return ring?.map(([lon = 0, lat = 0]) => ({ lat, lon })) ?? (place ? [place] : []);
    }

    area(chosen: boolean): Feature<Polygon> | null {
        const place = this.place();
        const radius = Number.parseFloat(this.radius.value);
        return place && radius > 0 ? { ...circle(place.lat, place.lon, radius), properties: { chosen } } : null;
    }
}

class PlacesMap {
    private chosen: PlaceForm;
    private readonly forms: PlaceForm[];
    private readonly pin: Marker;
    private readonly names = new Map<PlaceForm, Marker>();
    private overlay: Overlay | null = null; // until the map can be drawn on

    constructor(private readonly view: MapView, lib: MapLibrary) {
        const draw = (): void => this.draw();
        this.forms = [...document.querySelectorAll<HTMLFormElement>('form.place-form')].map((form) => new PlaceForm(form, draw));
        const fresh = this.forms.find(({ form }) => form.id === 'new-place');
        if (!fresh) {
            throw new Error('no form for a new place');
        }
        this.chosen = fresh;
        this.pin = new lib.Marker({ element: el('div', { class: 'place-pin' }), draggable: true, anchor: 'bottom' });
        this.pin.on('dragend', () => this.move(this.pin.getLngLat()));
        view.map.on('click', (event) => this.move(event.lngLat));
        for (const form of this.forms.filter((one) => one !== fresh)) {
            const name = el('span', { class: 'place-label', 'aria-hidden': 'true' }, form.name());
            this.names.set(form, new lib.Marker({ element: name, anchor: 'top', offset: [0, 6] }));
        }
        for (const form of this.forms) {
            form.form.addEventListener('focusin', () => this.choose(form));
            const details = form.form.closest('details');
            details?.addEventListener('toggle', (event) => {
                if (event.target === details) {
                    this.choose(details.open ? form : fresh);
                    const place = form.place();
                    if (details.open && place) {
                        view.fit(form.edges(), true, MAX_ZOOM);
                    }
                }
            });
        }
    }

    addLayers(): void {
        this.overlay = new Overlay(this.view, 'places', 0.4);
        this.overlay.add({ id: 'place-area', type: 'fill', source: 'places', paint: { 'fill-antialias': false, 'fill-opacity': ['case', ['get', 'chosen'], 0.28, 0.14] } });
        this.overlay.add({ id: 'place-edge', type: 'line', source: 'places', paint: { 'line-width': ['case', ['get', 'chosen'], 3, 1.5] } });
        this.view.inTheme(this.colour);
        this.draw();
    }

    /** What there is to look at first: the places, else home, else nothing. */
    start(): Place[] {
        const places = this.forms.flatMap((form) => form.edges());
        const { homeLatitude, homeLongitude } = document.body.dataset;
        const home = { lat: Number.parseFloat(homeLatitude ?? ''), lon: Number.parseFloat(homeLongitude ?? '') };
        return places.length > 0 || !Number.isFinite(home.lat) ? places : [home];
    }

    private areas(): FeatureCollection<Polygon> {
        const features = this.forms.map((form) => form.area(form === this.chosen)).filter((area) => area !== null);
        return { type: 'FeatureCollection', features };
    }

    private readonly colour = (): void => {
        const colour = isDark() ? '#9db8ff' : '#2451d6';
        this.view.map.setPaintProperty('place-area', 'fill-color', colour);
        this.view.map.setPaintProperty('place-edge', 'line-color', colour);
    };

    private choose(form: PlaceForm): void {
        if (form !== this.chosen) {
            this.chosen = form;
            this.draw();
        }
    }

    private move(to: { lat: number; lng: number }): void {
        this.chosen.setPlace({ lat: to.lat, lon: to.lng });
        this.draw();
    }

    private draw(): void {
        this.overlay?.set(this.areas());
        for (const [form, marker] of this.names) {
            const at = form.place();
            if (at) {
                marker.setLngLat([at.lon, at.lat]).addTo(this.view.map);
            }
        }
        const place = this.chosen.place();
        if (place) {
            this.pin.setLngLat([place.lon, place.lat]).addTo(this.view.map);
        } else {
            this.pin.remove();
        }
    }
}

/** The mail of a rule is sent while the page stays. */
function ruleTests(): void {
    for (const form of document.querySelectorAll<HTMLFormElement>('form.test-form')) {
        form.addEventListener('submit', (event) => {
            event.preventDefault();
            const button = form.querySelector('button');
            const id = (form.elements.namedItem('action_id') as HTMLInputElement).value;
            button?.setAttribute('aria-busy', 'true');
            void postForm('/geofences/action-test/', { action_id: id }).then(({ ok, text }) => {
                button?.removeAttribute('aria-busy');
                toast(ok ? t('mailSent') : text);
            });
        });
    }
}

async function startMap(): Promise<void> {
    const { tileUrl, osm } = document.body.dataset;
    const box = byId('place-map');
    const foot = new MapFoot(osm === '1', box.parentElement ?? document.body);
    try {
        const lib = await loadMapLibrary();
        const view = new MapView(lib, box, t('placesMap'), foot);
        const places = new PlacesMap(view, lib);
        await view.ready();
        places.addLayers();
        view.fit(places.start(), false, MAX_ZOOM);
        await view.lay(tileUrl ?? '');
    } catch (error) { // the forms are there all the same
        console.warn(error);
        foot.tell('mapFailed');
    }
}

startPage();
ruleTests();
startSync();
startRules();
startHomeCentre();
startPlaceNews();
void startMap();
