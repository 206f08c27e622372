// Entering and leaving of places: pins on the map, and entries in the list of a day.
import type { Marker } from 'maplibre-gl';
import { ApiError, type Past } from './api.ts';
import { el, icon } from './dom.ts';
import * as format from './format.ts';
import type { MapLibrary, MapView } from './map.ts';
import { dayOf, type Crossing } from './past.ts';
import { t } from './texts.ts';

const SETTLE = 2000; // ms: a phone sends its position and the event apart
const TIP_HALF = 120; // pixels
const RETRY = 30_000; // ms
const OTHER = 'a day of the past';

const ICONS = { enter: 'enter', leave: 'sign-out' } as const;

const title = ({ event, place }: Crossing): string =>
    t(event === 'enter' ? 'fenceEntered' : 'fenceLeft', { place: place === '' ? t('fenceNameless') : place });

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
    private known: Crossing[] = []; // of what is shown
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

    /** Shows those of a day of the past, also in its list, whose items tell in data-at when they begin. */
    async day(list: HTMLElement, device: string, from: number, to: number): Promise<void> {
        this.device = null;
        this.shown = OTHER;
        this.clear();
        const read = await this.read(device, from, to);
        if (read === 'failed') {
            list.append(el('li', { class: 'muted' }, t('fenceEventsFailed')));
        } else if (read !== 'outdated') {
            const items = [...list.children] as HTMLElement[];
            for (const crossing of read) {
                list.insertBefore(this.item(crossing), items.find((item) => Number(item.dataset.at) >= crossing.at) ?? null);
            }
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

    private async reread(device: string): Promise<void> {
        const now = Date.now() / 1000;
        if (await this.read(device, format.startOfDay(now), format.endOfDay(now) - 1) === 'failed') {
            this.rereadIn(RETRY);
        }
    }

    /** Oldest first. What is on the map is replaced when the answer is there. */
    private async read(device: string, from: number, to: number): Promise<Crossing[] | 'failed' | 'outdated'> {
        const request = ++this.request;
        try {
            const read = await this.past.crossings(device, from, to);
            if (request === this.request) {
                this.known = read;
                this.draw();
            }
            return request === this.request ? read : 'outdated';
        } catch (error) {
            if (!(error instanceof ApiError)) {
                throw error;
            }
            return request === this.request ? 'failed' : 'outdated';
        }
    }

    private draw(): void {
        this.pins.splice(0).forEach((pin) => pin.remove());
        this.known.forEach((crossing) => this.pin(crossing));
    }

    private pin(crossing: Crossing): void {
        const { lib, view } = this;
        if (lib && view && crossing.where) {
            const text = `${title(crossing)}, ${format.time(crossing.at)}`;
            const node = el('button', { type: 'button', class: `event-pin event-${crossing.event}`, 'aria-label': text }, icon(ICONS[crossing.event]),
                el('span', { class: 'event-tip', 'aria-hidden': 'true' }, text));
            const aside = (): void => leanInwards(node, view.map.getContainer());
            node.addEventListener('pointerenter', aside);
            node.addEventListener('focus', aside);
            const { lat, lon } = crossing.where;
            this.pins.push(new lib.Marker({ element: node }).setLngLat([lon, lat]).addTo(view.map));
        }
    }

    private item(crossing: Crossing): HTMLElement {
        const { where } = crossing;
        const parts = [icon(ICONS[crossing.event]),
            el('span', { class: 'span-main' }, el('strong', {}, title(crossing)), el('span', { class: 'muted' }, format.time(crossing.at)))];
        const node = where ? el('button', { type: 'button', class: 'span span-event' }, ...parts) : el('div', { class: 'span span-event' }, ...parts);
        if (where) {
            node.addEventListener('click', () => this.view?.focus(where));
        }
        return el('li', {}, node);
    }
}
