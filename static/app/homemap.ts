// The map of the home place: a click sets it, its pin can be dragged. A part of its own, for the library is large.
import { el } from './dom.ts';
import { MapFoot } from './foot.ts';
import { wrapLongitude } from './geo.ts';
import { loadMapLibrary, MapView, type Place } from './map.ts';
import { t } from './texts.ts';

export interface HomeMap {
    /** null: nowhere. look: the map goes there. */
    show(place: Place | null, look: boolean): void;
}

/** pick is called with where it was set by hand. */
export async function openHomeMap(box: HTMLElement, tileUrl: string, ofOsm: boolean, place: Place | null, pick: (place: Place) => void): Promise<HomeMap> {
    const lib = await loadMapLibrary();
    const canvas = el('div', { class: 'place-map-canvas' });
    box.append(canvas);
    const view = new MapView(lib, canvas, t('homeMap'), new MapFoot(ofOsm, box));
    const pin = new lib.Marker({ element: el('div', { class: 'place-pin' }), draggable: true, anchor: 'bottom' });
    const home: HomeMap = {
        show(at, look) {
            if (at) {
                pin.setLngLat([at.lon, at.lat]).addTo(view.map);
            } else {
                pin.remove();
            }
            if (at && look) {
                view.fit([at], false);
            }
        },
    };
    const set = ({ lat, lng }: { lat: number; lng: number }): void => {
        const at = { lat, lon: wrapLongitude(lng) };
        home.show(at, false);
        pick(at);
    };
    pin.on('dragend', () => set(pin.getLngLat()));
    view.map.on('click', (event) => set(event.lngLat));
    await view.ready();
    home.show(place, true);
    await view.lay(tileUrl);
    return home;
}
