// A day of one device: what it did, its track, and playing it back.
import type { Marker } from 'maplibre-gl';
import { ApiError, type Past } from './api.ts';
import { Calendar } from './calendar.ts';
import type { Crossings } from './crossings.ts';
import { el, icon, reducedMotion, setText } from './dom.ts';
import * as format from './format.ts';
import type { MapLibrary, MapView } from './map.ts';
import { addDays, dayOf, placeAt, startOf, type Span, type Track } from './past.ts';
import type { Device } from './store.ts';
import { t } from './texts.ts';
import type { TrackLayer } from './tracklayer.ts';

const REDRAW = 250; // ms after the map has come to rest
const METRES_PER_PIXEL = 78271.5; // at zoom 0 on the equator, tiles of 512 px
const PLAY_STEP = 50; // ms
const PLAY_LENGTH = 30_000; // ms for a whole day

export interface HistoryHost {
    view: MapView | null;
    lib: MapLibrary | null;
    layer: TrackLayer | null;
    crossings: Crossings;
    accuracy: number; // metres that positions may be off; 0: all
    changed(day: string): void; // for the address
    close(): void;
}

function button(name: Parameters<typeof t>[0], iconName: string, run: () => void): HTMLButtonElement {
    const node = el('button', { type: 'button', class: 'button icon-button', 'aria-label': t(name) }, icon(iconName));
    node.addEventListener('click', run);
    return node;
}

export class History {
    readonly node: HTMLElement;
    private day: string;
    private track: Track | null = null;
    private request = 0;
    private timer = 0;
    private playing = 0;
    private marker: Marker | null = null;
    private readonly stays: Marker[] = [];
    private readonly title = el('span');
    private readonly summary = el('p', { class: 'history-summary', role: 'status' });
    private readonly list = el('ol', { class: 'timeline' });
    private readonly calendar: Calendar;
    private readonly open = el('button', { type: 'button', class: 'button history-date', 'aria-expanded': 'false' }, icon('calendar'), this.title);
    private readonly next: HTMLButtonElement;
    private readonly slider = el('input', { type: 'range', min: '0', max: '1000', value: '1000', 'aria-label': t('timeOfDay') });
    private readonly play: HTMLButtonElement;
    private readonly moment = el('output', { class: 'history-moment' });
    private readonly player: HTMLElement;
    private readonly moved = (): void => this.redrawSoon();

    constructor(private readonly past: Past, private readonly device: Device, day: string | null, private readonly host: HistoryHost) {
        this.day = day ?? dayOf(Date.now() / 1000);
        this.calendar = new Calendar((from, days) => past.calendar(device.key, from, days), (chosen) => this.go(chosen));
        this.open.addEventListener('click', () => this.open.setAttribute('aria-expanded', String(this.calendar.toggle(this.day))));
        this.next = button('dayAfter', 'after', () => this.go(addDays(this.day, 1)));
        this.play = button('play', 'play', () => (this.playing ? this.stop() : this.start()));
        this.slider.addEventListener('input', () => {
            this.stop();
            this.showMoment();
        });
        this.player = el('div', { class: 'player', hidden: true }, this.play, this.slider, this.moment);
        const preset = (name: 'today' | 'yesterday', back: number): HTMLElement => {
            const node = el('button', { type: 'button', class: 'button small' }, t(name));
            node.addEventListener('click', () => this.go(addDays(dayOf(Date.now() / 1000), back)));
            return node;
        };
        this.node = el('div', { class: 'history' },
            el('div', { class: 'history-head' }, button('back', 'before', () => host.close()), el('h3', {}, device.label)),
            el('div', { class: 'history-nav' }, button('dayBefore', 'before', () => this.go(addDays(this.day, -1))), this.open, this.next),
            el('div', { class: 'history-presets' }, preset('today', 0), preset('yesterday', -1)),
            this.calendar.node, this.summary, this.player, this.list);
        host.view?.map.on('moveend', this.moved);
        void this.load();
    }

    /** Back to the present. */
    leave(): void {
        this.request++;
        this.stop();
        clearTimeout(this.timer);
        this.host.view?.map.off('moveend', this.moved);
        this.marker?.remove();
        this.clearStays();
    }

    get shown(): string {
        return this.day;
    }

    go(day: string): void {
        if (day > dayOf(Date.now() / 1000)) {
            return;
        }
        this.day = day;
        this.calendar.close();
        this.open.setAttribute('aria-expanded', 'false');
        this.host.changed(day);
        void this.load();
    }

    // ---- reading

    private range(): [number, number] {
        const from = startOf(this.day) ?? 0;
        return [from, (startOf(addDays(this.day, 1)) ?? from + 86400) - 1];
    }

    private async load(): Promise<void> {
        const request = ++this.request;
        const [from, to] = this.range();
        this.stop();
        setText(this.title, format.longDay(from));
        this.next.disabled = this.day >= dayOf(Date.now() / 1000);
        setText(this.summary, t('historyLoading'));
        this.node.setAttribute('aria-busy', 'true');
        try {
            const { accuracy } = this.host;
            const [track, spans] = await Promise.all([
                this.past.reduced(this.device.key, from, to, { accuracy }), this.past.timeline(this.device.key, from, to, accuracy),
            ]);
            if (request === this.request) {
                this.track = track;
                this.show(spans);
                void this.host.crossings.day(this.list, this.device.key, from, to);
            }
        } catch (error) {
            if (request === this.request) {
                const signedOut = error instanceof ApiError && error.problem === 'signed-out';
                setText(this.summary, t(signedOut ? 'signedOutText' : 'historyFailed'));
                const again = el('button', { type: 'button', class: 'button' }, t('retry'));
                again.addEventListener('click', () => void this.load());
                this.player.hidden = true;
                this.list.replaceChildren(el('li', {}, again));
            }
        } finally {
            this.node.removeAttribute('aria-busy');
        }
    }

    /** The same day as exact as the map now shows it. */
    private redrawSoon(): void {
        clearTimeout(this.timer);
        if (this.track && this.track.fixes.length < this.track.seen) {
            this.timer = window.setTimeout(() => void this.redraw(), REDRAW);
        }
    }

    private async redraw(): Promise<void> {
        const { view } = this.host;
        if (!view) {
            return;
        }
        const request = this.request;
        const [from, to] = this.range();
        const bounds = view.map.getBounds();
        const box = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()] as const;
        const whole = box[2] - box[0] >= 360 || Math.abs(box[0]) > 180 || Math.abs(box[2]) > 180;
        const { lat, zoom } = view.view();
        const tolerance = (METRES_PER_PIXEL * Math.cos((lat * Math.PI) / 180)) / 2 ** zoom / 2;
        const track = await this.past.reduced(this.device.key, from, to, {
            accuracy: this.host.accuracy, tolerance, ...(whole ? {} : { bbox: box }),
        }).catch(() => null);
        if (track && request === this.request && track.fixes.length > 1) {
            this.host.layer?.setTrack(track.fixes, this.device.colour);
        }
    }

    // ---- showing

    private show(spans: readonly Span[]): void {
        const fixes = this.track?.fixes ?? [];
        this.host.layer?.setTrack(fixes, this.device.colour);
        this.player.hidden = fixes.length < 2;
        const metres = spans.reduce((sum, span) => sum + span.metres, 0);
        const stays = spans.filter((span) => span.kind === 'stay').length;
        setText(this.summary, fixes.length === 0 ? t('historyNothing')
            : [metres > 0 ? format.distance(metres) : '', stays > 0 ? t(stays === 1 ? 'stayOne' : 'stayMany', { n: stays }) : '', format.count(this.track?.seen ?? 0), format.zone(startOf(this.day) ?? 0)]
                .filter((part) => part !== '').join(' · '));
        this.list.replaceChildren(...spans.map((span) => this.item(span)));
        this.showStays(spans);
        if (fixes.length > 0) {
            this.host.view?.fit(fixes, true);
        }
        this.slider.value = '1000';
        this.showMoment();
    }

    private item(span: Span): HTMLElement {
        const times = `${format.time(span.from)} – ${format.time(span.to)}`;
        const long = format.duration(span.to - span.from);
        const stay = span.kind === 'stay';
        const name = stay ? span.place ?? format.coordinates(span.lat, span.lon) : t(span.kind === 'move' ? 'moved' : 'unknownWay', { distance: format.distance(span.metres) });
        const hours = (span.to - span.from) / 3600;
        const facts = span.kind === 'move'
            ? [long, hours > 0 ? t('average', { speed: format.speed(span.metres / 1000 / hours) }) : '', span.topSpeed ? t('fastest', { speed: format.speed(span.topSpeed) }) : '']
            : [long];
        const node = el('button', { type: 'button', class: `span span-${span.kind}` }, icon(stay ? 'pin' : span.kind === 'move' ? 'route' : 'gap'),
            el('span', { class: 'span-main' }, el('strong', {}, name), el('span', { class: 'muted' }, times),
                el('span', { class: 'muted' }, facts.filter((part) => part !== '').join(' · '))));
        node.addEventListener('click', () => this.look(span));
        return el('li', { 'data-at': String(span.from) }, node);
    }

    private look(span: Span): void {
        if (span.kind === 'stay') {
            this.host.view?.focus(span);
        } else {
            const part = (this.track?.fixes ?? []).filter((fix) => fix.time >= span.from && fix.time <= span.to);
            this.host.view?.fit(part.length > 0 ? part : [span], true);
        }
    }

    private clearStays(): void {
        this.stays.splice(0).forEach((marker) => marker.remove());
    }

    private showStays(spans: readonly Span[]): void {
        this.clearStays();
        const { lib, view } = this.host;
        if (lib && view) {
            for (const span of spans.filter(({ kind }) => kind === 'stay')) {
                const node = el('div', { class: 'stay-pin', 'aria-hidden': 'true', title: span.place ?? format.duration(span.to - span.from) });
                this.stays.push(new lib.Marker({ element: node }).setLngLat([span.lon, span.lat]).addTo(view.map));
            }
        }
    }

    // ---- playing

    private bounds(): [number, number] {
        const fixes = this.track?.fixes ?? [];
        return [fixes[0]?.time ?? 0, fixes.at(-1)?.time ?? 0];
    }

    private showMoment(): void {
        const [from, to] = this.bounds();
        const share = Number(this.slider.value) / 1000;
        const at = from + share * (to - from);
        const place = placeAt(this.track?.fixes ?? [], at);
        const { lib, view } = this.host;
        const text = place ? `${format.time(at)}${place.speed ? ` · ${format.speed(place.speed)}` : ''}` : '';
        setText(this.moment, text);
        this.slider.setAttribute('aria-valuetext', text);
        if (!place || !lib || !view || share === 1) {
            this.marker?.remove();
            this.marker = null;
            return;
        }
        this.marker ??= new lib.Marker({ element: el('div', { class: 'play-pin', 'aria-hidden': 'true' }) }).setLngLat([place.lon, place.lat]).addTo(view.map);
        this.marker.setLngLat([place.lon, place.lat]);
    }

    private start(): void {
        if (Number(this.slider.value) >= 1000) {
            this.slider.value = '0';
        }
        const step = (1000 * PLAY_STEP) / PLAY_LENGTH;
        let value = Number(this.slider.value);
        this.playing = window.setInterval(() => {
            value = Math.min(1000, value + (reducedMotion() ? step * 10 : step));
            this.slider.value = String(value);
            this.showMoment();
            if (value >= 1000) {
                this.stop();
            }
        }, reducedMotion() ? PLAY_STEP * 10 : PLAY_STEP);
        this.setPlay('pause');
    }

    private stop(): void {
        clearInterval(this.playing);
        this.playing = 0;
        this.setPlay('play');
    }

    private setPlay(name: 'play' | 'pause'): void {
        this.play.setAttribute('aria-label', t(name));
        this.play.replaceChildren(icon(name));
    }
}
