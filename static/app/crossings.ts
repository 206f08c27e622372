// Entering and leaving of places: pins on the map, and entries in the list of a day.
import type { Marker } from 'maplibre-gl';
import { ApiError, type Past } from './api.ts';
import { el, icon } from './dom.ts';
import * as format from './format.ts';
import type { MapLibrary, MapView, Place } from './map.ts';
import { inTurn } from './inturn.ts';
import { dayOf, type Crossing } from './past.ts';
import { t } from './texts.ts';
import { ownClock } from './zones.ts';

const SETTLE = 2000; // ms: a phone sends its position and the event apart
const TIP_HALF = 120; // pixels
const RETRY = 30_000; // ms
const OTHER = 'a day of the past';
const AT_ONCE = 3; // requests

const ICONS = { enter: 'enter', leave: 'sign-out' } as const;

const title = ({ event, place }: Crossing): string =>
    t(event === 'enter' ? 'fenceEntered' : 'fenceLeft', { place: place === '' ? t('fenceNameless') : place });

export interface Crosser {
    key: string; // of the device
    name: string; // told with each, where there are several; else ''
}

/** Of several devices, by key; null: they could not be read. */
export type PastCrossings = Map<string, Crossing[] | null>;

/** A list of a day, whose items tell in data-at when they begin. */
export interface DayList {
    node: HTMLElement;
    /** Where the device was at that time, as far as the list knows. */
    placeAt(at: number): Place | null;
}

interface Known extends Crossing {
    name: string;
}

/** The tip of a pin near the edge of the map would be cut off in the middle. */
function leanInwards(pin: HTMLElement, map: HTMLElement): void {
    const [at, edge] = [pin.getBoundingClientRect(), map.getBoundingClientRect()];
    pin.classList.toggle('lean-left', edge.right - at.right < TIP_HALF);
    pin.classList.toggle('lean-right', at.left - edge.left < TIP_HALF);
}

export class Crossings {
    private lib: MapLibrary | null = null;
    private view: MapView | null = null;
    private device: string | null = null; // whose today is shown
    private shown = ''; // device and day, '' for nothing, or OTHER
    private request = 0;
    private timer = 0;
    private known: Known[] = []; // of what is shown
    private dated = false; // times are told with their days
    private since = 0; // Unix seconds: today's from then on
    private readonly pins: Marker[] = [];

    constructor(private readonly past: Pick<Past, 'crossings'>) {}

    /** From now on there is a map, and today's are read. */
    attach(lib: MapLibrary, view: MapView): void {
        this.lib = lib;
        this.view = view;
        this.draw();
        this.rereadIn(0);
    }

    /** Shows today's of a device, or nothing; as often as one likes. */
    today(device: string | null, now: number): void {
        const wanted = device === null ? '' : `${device} ${dayOf(now)}`;
        if (wanted !== this.shown) {
            this.device = device;
            this.shown = wanted;
            this.clear();
            this.rereadIn(0);
        }
    }

    /** A device has crossed an edge; null: any may have. */
    news(device: string | null): void {
        if (device === null || device === this.device) {
            this.rereadIn(SETTLE);
        }
    }

    /** Today's from that moment on alone; null: all of the day. */
    startFrom(since: number | null): void {
        this.since = since ?? 0;
        this.shown = ''; // read anew
    }

    /** Shows those of a time of the past. null: meanwhile something else is shown. */
    async of(devices: readonly Crosser[], from: number, to: number): Promise<PastCrossings | null> {
        this.device = null;
        this.shown = OTHER;
        this.clear();
        this.dated = dayOf(from) !== dayOf(to);
        const { request } = this;
        const read = await inTurn(devices, AT_ONCE, ({ key }) => this.read(key, from, to));
        if (request !== this.request) {
            return null;
        }
        this.known = read.flatMap((its, i) => (its ?? []).map((one) => ({ ...one, name: devices[i]?.name ?? '' })));
        this.draw();
        return new Map(devices.map(({ key }, i) => [key, read[i] ?? null]));
    }

    /** Into a list. null: they could not be read. */
    list({ node, placeAt }: DayList, crossings: readonly Crossing[] | null): void {
        if (crossings === null) {
            node.append(el('li', { class: 'muted' }, t('fenceEventsFailed')));
            return;
        }
        const items = [...node.children] as HTMLElement[];
        for (const crossing of crossings) {
            const item = this.item(crossing, crossing.where ?? placeAt(crossing.at));
            node.insertBefore(item, items.find((item) => Number(item.dataset.at) >= crossing.at) ?? null);
        }
    }

    private clear(): void {
        this.request++;
        clearTimeout(this.timer);
        this.known = [];
        this.draw();
    }

    private rereadIn(ms: number): void {
        clearTimeout(this.timer);
        this.timer = window.setTimeout(() => {
            if (this.view && this.device !== null) {
                void this.reread(this.device);
            }
        }, ms);
    }

    /** What is on the map is replaced when the answer is there. */
    private async reread(device: string): Promise<void> {
        const now = Date.now() / 1000;
        const request = ++this.request;
        const read = await this.read(device, Math.max(this.since, format.startOfDay(now)), format.endOfDay(now) - 1);
        if (request !== this.request) {
            return;
        }
        if (read === null) {
            this.rereadIn(RETRY);
            return;
        }
        this.dated = false;
        this.known = read.map((one) => ({ ...one, name: '' }));
        this.draw();
    }

    /** Oldest first; null: that failed. */
    private async read(device: string, from: number, to: number): Promise<Crossing[] | null> {
        try {
            return await this.past.crossings(device, from, to);
        } catch (error) {
            if (!(error instanceof ApiError)) {
                throw error;
            }
            return null;
        }
    }

    private draw(): void {
        this.pins.splice(0).forEach((pin) => pin.remove());
        this.known.forEach((crossing) => this.pin(crossing));
    }

    private pin(crossing: Known): void {
        const { lib, view } = this;
        if (lib && view && crossing.where) {
            const who = crossing.name === '' ? '' : `${crossing.name}: `;
            const text = `${who}${title(crossing)}, ${format.moment(crossing.at, this.dated)}`;
            const node = el('button', { type: 'button', class: `event-pin event-${crossing.event}`, 'aria-label': text }, icon(ICONS[crossing.event]),
                el('span', { class: 'event-tip', 'aria-hidden': 'true' }, text));
            const aside = (): void => leanInwards(node, view.map.getContainer());
            node.addEventListener('pointerenter', aside);
            node.addEventListener('focus', aside);
            const { lat, lon } = crossing.where;
            this.pins.push(new lib.Marker({ element: node }).setLngLat([lon, lat]).addTo(view.map));
        }
    }

    /** there: whose clock is the device's; null: nobody knows. */
    private item(crossing: Crossing, there: Place | null): HTMLElement {
        const { where, at } = crossing;
        const time = el('span', { class: 'muted' }, format.time(at));
        const parts = [icon(ICONS[crossing.event]), el('span', { class: 'span-main' }, el('strong', {}, title(crossing)),
            there ? ownClock(time, format.time(at), [{ at, lat: there.lat, lon: there.lon }]) : time)];
        const node = where ? el('button', { type: 'button', class: 'span span-event' }, ...parts) : el('div', { class: 'span span-event' }, ...parts);
        if (where) {
            node.addEventListener('click', () => this.view?.focus(where));
        }
        return el('li', {}, node);
    }
}
