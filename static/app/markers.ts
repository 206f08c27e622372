// One marker per device. They glide to a new position instead of jumping.
import type { Marker } from 'maplibre-gl';
import { el, reducedMotion, setText } from './dom.ts';
import type { MapView, MapLibrary, Place } from './map.ts';
import { isRecent } from './model.ts';
import type { Device } from './store.ts';
import { t } from './texts.ts';

export const GLIDE = 900; // ms
const STALE_AFTER = 3600; // seconds without a position
const MOVING = 2; // km/h: from then on the course means something

interface Entry {
    marker: Marker;
    element: HTMLButtonElement;
    letters: HTMLElement;
    at: Place;
    glide: { from: Place; to: Place; start: number } | null;
    target: Place;
}

/** Linear: positions of a steady drive then join without stops. */
export function between(from: Place, to: Place, part: number): Place {
    const x = Math.max(0, Math.min(1, part));
    return { lat: from.lat + (to.lat - from.lat) * x, lon: from.lon + (to.lon - from.lon) * x };
}

export class Markers {
    private readonly entries = new Map<number, Entry>();
    private frame = 0;

    /** onClick: a marker was chosen. onGlide: a marker is somewhere else now. */
    constructor(private readonly lib: MapLibrary, private readonly view: MapView,
        private readonly onClick: (id: number) => void, private readonly onGlide: (id: number) => void) {}

    /** Where the marker is drawn now. */
    at(id: number): Place | undefined {
        return this.entries.get(id)?.at;
    }

    update(devices: readonly Device[], selected: number | null, now: number): void {
        const gone = new Set(this.entries.keys());
        for (const device of devices) {
            if (device.position) {
                gone.delete(device.id);
                this.place(device, device.id === selected, now);
            }
        }
        for (const id of gone) {
            this.entries.get(id)?.marker.remove();
            this.entries.delete(id);
        }
    }

    private place(device: Device, selected: boolean, now: number): void {
        const fix = device.position;
        if (!fix) {
            return;
        }
        const entry = this.entries.get(device.id) ?? this.create(device.id, fix);
        const { element } = entry;
        setText(entry.letters, device.initials);
        // Who speaks to the browser says what is to be seen (WCAG 2.5.3).
        element.setAttribute('aria-label', t('showOnMap', { name: `${device.label} – ${device.initials}` }));
        element.setAttribute('title', device.label);
        element.setAttribute('aria-pressed', String(selected));
        element.style.setProperty('--colour', device.colour);
        element.style.zIndex = selected ? '3' : device.online ? '2' : '1';
        element.classList.toggle('stale', now - fix.time > STALE_AFTER);
        const heading = fix.course !== null && (fix.speed ?? 0) >= MOVING && isRecent(fix, now);
        element.classList.toggle('moving', heading);
        element.style.setProperty('--course', `${fix.course ?? 0}deg`);
        this.move(device.id, entry, { lat: fix.lat, lon: fix.lon });
    }

    private create(id: number, at: Place): Entry {
        const letters = el('span', { class: 'marker-letters' });
        const element = el('button', { type: 'button', class: 'marker', 'data-device': String(id) },
            el('span', { class: 'marker-course' }), letters);
        element.addEventListener('click', (event) => {
            event.stopPropagation();
            this.onClick(id);
        });
        const marker = new this.lib.Marker({ element, anchor: 'center' })
            .setLngLat([at.lon, at.lat]).addTo(this.view.map);
        const place = { lat: at.lat, lon: at.lon };
        const entry: Entry = { marker, element, letters, at: place, glide: null, target: place };
        this.entries.set(id, entry);
        return entry;
    }

    private move(id: number, entry: Entry, to: Place): void {
        if (to.lat === entry.target.lat && to.lon === entry.target.lon) {
            return;
        }
        entry.target = to;
        if (reducedMotion() || document.hidden || this.isFar(entry.at, to)) {
            entry.glide = null;
            this.put(id, entry, to);
            return;
        }
        entry.glide = { from: entry.at, to, start: performance.now() };
        this.frame ||= requestAnimationFrame((time) => this.step(time));
    }

    /** More than a screen away: a glide would be a blur. */
    private isFar(a: Place, b: Place): boolean {
        const p = this.view.map.project([a.lon, a.lat]);
        const q = this.view.map.project([b.lon, b.lat]);
        const { clientWidth, clientHeight } = this.view.map.getContainer();
        return Math.hypot(p.x - q.x, p.y - q.y) > Math.max(clientWidth, clientHeight);
    }

    private step(time: number): void {
        let busy = false;
        for (const [id, entry] of this.entries) {
            const { glide } = entry;
            if (glide) {
                const part = (time - glide.start) / GLIDE;
                this.put(id, entry, between(glide.from, glide.to, part));
                entry.glide = part < 1 ? glide : null;
                busy ||= part < 1;
            }
        }
        this.frame = busy ? requestAnimationFrame((next) => this.step(next)) : 0;
    }

    private put(id: number, entry: Entry, at: Place): void {
        entry.at = at;
        entry.marker.setLngLat([at.lon, at.lat]);
        this.onGlide(id);
    }
}
