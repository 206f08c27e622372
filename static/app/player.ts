// Playing tracks back at one time: a slider, a marker on each that the map goes along with, and for one a graph of speed and altitude.
import type { Marker } from 'maplibre-gl';
import type { Chart } from './chart.ts';
import { el, icon, iconButton, reducedMotion, setText } from './dom.ts';
import * as format from './format.ts';
import { joined } from './joined.ts';
import type { Fix } from './model.ts';
import { placeAt } from './past.ts';
import type { Stage } from './stage.ts';
import { t } from './texts.ts';
import { onThemeChange } from './theme.ts';
import { SPEEDS } from './urlstate.ts';
import { loadPart } from './version.ts';

declare const CHART_URL: string;

const PLAY_STEP = 50; // ms
const PLAY_LENGTH = 30_000; // ms for all of it at the speed of 1
const SLIDE = 300; // ms
const END = 1000; // of the slider

export interface PlayTrack {
    fixes: readonly Fix[];
    /** Of the device, where there are several. */
    colour?: string;
    initials?: string;
}

/** Where playing stands. at: Unix seconds, null at the end. */
export interface Moment {
    at: number | null;
    speed: number;
}

export class Player {
    readonly node: HTMLElement;
    private tracks: readonly PlayTrack[] = [];
    private dated = false;
    private timer = 0;
    private at: number | null = null;
    private speed = 1;
    private following = true; // until the map is dragged
    private markers: (Marker | null)[] = [];
    private chart: Chart | null = null;
    private readonly graph = el('div', { class: 'graph', hidden: true });
    private readonly slider = el('input', { type: 'range', min: '0', max: String(END), value: String(END), 'aria-label': t('timeOfDay') });
    private readonly play: HTMLButtonElement;
    private readonly speedText = el('span', {}, '1×');
    private readonly moment = el('output', { class: 'history-moment' });

    private readonly endTheme = onThemeChange(() => void this.draw());

    /** start: of the first that is shown, where it is in it. changed: playing stands elsewhere. */
    constructor(private readonly stage: Stage, start: Moment, private readonly changed: () => void) {
        this.at = start.at;
        this.play = iconButton(t('play'), 'play', () => (this.timer ? this.stop() : this.start()));
        this.slider.addEventListener('input', () => {
            const [from, to] = this.bounds();
            const share = Number(this.slider.value) / END;
            this.seek(share >= 1 ? null : from + share * (to - from));
        });
        const faster = el('button', { type: 'button', class: 'button small', 'aria-live': 'polite' },
            el('span', { class: 'visually-hidden' }, `${t('playSpeed')} `), this.speedText);
        faster.addEventListener('click', () => this.setSpeed(SPEEDS.find((one) => one > this.speed) ?? 1));
        this.setSpeed(start.speed);
        this.node = el('div', { class: 'playback', hidden: true }, this.graph, el('div', { class: 'player' }, this.play, this.slider, faster), this.moment);
    }

    get state(): Moment {
        return { at: this.at, speed: this.speed };
    }

    /** dated: of several days. */
    show(tracks: readonly PlayTrack[], dated: boolean): void {
        this.stop();
        this.clearMarkers();
        this.tracks = tracks;
        this.dated = dated;
        this.node.hidden = !tracks.some(({ fixes }) => fixes.length > 1);
        const [from, to] = this.bounds();
        this.put(this.at !== null && this.at >= from && this.at <= to ? this.at : null);
        void this.draw();
    }

    /** The marks are where it stands; also when the map has come later. */
    attach(): void {
        this.tracks.forEach((track, i) => this.mark(i, track, this.at));
    }

    /** To the end, for another time comes. */
    rewind(): void {
        this.stop();
        this.at = null;
    }

    stop(): void {
        clearInterval(this.timer);
        this.timer = 0;
        this.stage.view?.map.off('dragstart', this.dragged);
        this.following = true;
        this.setPlay('play');
    }

    leave(): void {
        this.stop();
        this.endTheme();
        this.clearMarkers();
        this.chart?.leave();
        this.chart = null;
    }

    /** null: the end. */
    seek(at: number | null): void {
        this.stop();
        this.put(at);
    }

    /** To the next position of any track, or the one before. */
    toFix(by: 1 | -1): void {
        const now = this.at ?? (by > 0 ? -Infinity : Infinity);
        const times = this.tracks.flatMap(({ fixes }) => fixes.map(({ time }) => time)).filter((time) => (time - now) * by > 0);
        if (times.length > 0) {
            this.seek(times.reduce((best, time) => ((time - best) * by < 0 ? time : best)));
        }
    }

    /** The graph is a part of its own, loaded when there is something to draw. */
    private async draw(): Promise<void> {
        const { tracks } = this;
        const fixes = tracks.length === 1 ? tracks[0]?.fixes ?? [] : [];
        this.chart?.leave();
        this.chart = null;
        this.graph.hidden = true;
        if (!fixes.some(({ speed, altitude }) => speed !== null || altitude !== null)) {
            return;
        }
        const lib = await loadPart<typeof import('./chart.ts')>(CHART_URL);
        if (lib && tracks === this.tracks && !this.node.hidden && this.node.isConnected) {
            this.graph.hidden = false;
            this.chart = lib.drawChart(this.graph, fixes, format.chartText(this.dated), (at) => this.seek(at));
            this.chart.point(this.at);
        }
    }

    private bounds(): [number, number] {
        const full = this.tracks.filter(({ fixes }) => fixes.length > 0);
        return full.length === 0 ? [0, 0]
            : [Math.min(...full.map(({ fixes }) => fixes[0]?.time ?? 0)), Math.max(...full.map(({ fixes }) => fixes.at(-1)?.time ?? 0))];
    }

    private put(at: number | null): void {
        this.at = at;
        const [from, to] = this.bounds();
        const time = at ?? to;
        this.slider.value = String((END * (time - from)) / (to - from || 1));
        const { speed = null, altitude = null } = (this.tracks.length === 1 ? placeAt(this.tracks[0]?.fixes ?? [], time) : null) ?? {};
        const parts = to === 0 ? [] : [format.moment(time, this.dated), speed === null ? '' : format.speed(speed), altitude === null ? '' : format.altitude(altitude)];
        const text = joined(parts);
        setText(this.moment, text);
        this.slider.setAttribute('aria-valuetext', text);
        this.chart?.point(at);
        this.attach();
        this.changed();
    }

    private clearMarkers(): void {
        this.markers.forEach((marker) => marker?.remove());
        this.markers = [];
    }

    /** Nobody knows where a device was before its first position. */
    private mark(i: number, { fixes, colour, initials }: PlayTrack, at: number | null): void {
        const { lib, view } = this.stage;
        const place = at === null || at < (fixes[0]?.time ?? Infinity) ? null : placeAt(fixes, at);
        if (!place || !lib || !view) {
            this.markers[i]?.remove();
            this.markers[i] = null;
            return;
        }
        const pin = (): HTMLElement => {
            const node = el('div', { class: initials === undefined ? 'play-pin' : 'play-pin named', 'aria-hidden': 'true' }, initials ?? null);
            node.style.setProperty('--colour', colour ?? '');
            return node;
        };
        const marker = this.markers[i] ??= new lib.Marker({ element: pin() }).setLngLat([place.lon, place.lat]).addTo(view.map);
        marker.setLngLat([place.lon, place.lat]);
        if (this.tracks.length === 1 && this.following && !view.map.isMoving() && !view.shows(place)) {
            view.slide(place, SLIDE);
        }
    }

    private readonly dragged = (): void => void (this.following = false);

    private setSpeed(speed: number): void {
        this.speed = speed;
        setText(this.speedText, `${speed}×`);
        this.changed();
    }

    private start(): void {
        const [from, to] = this.bounds();
        let at = this.at ?? from;
        const calm = reducedMotion() ? 10 : 1; // fewer, longer steps
        this.timer = window.setInterval(() => {
            at += ((to - from) * PLAY_STEP * calm * this.speed) / PLAY_LENGTH;
            if (at >= to) {
                this.seek(null);
            } else {
                this.put(at);
            }
        }, PLAY_STEP * calm);
        this.stage.view?.map.on('dragstart', this.dragged);
        this.setPlay('pause');
    }

    private setPlay(name: 'play' | 'pause'): void {
        this.play.setAttribute('aria-label', t(name));
        this.play.replaceChildren(icon(name));
    }
}
