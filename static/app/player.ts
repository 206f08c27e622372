// Playing a track back: a slider, a marker that the map goes along with, and a graph of speed and altitude.
import type { Marker } from 'maplibre-gl';
import type { Chart } from './chart.ts';
import { el, icon, iconButton, reducedMotion, setText } from './dom.ts';
import * as format from './format.ts';
import type { Fix } from './model.ts';
import { placeAt } from './past.ts';
import type { Stage } from './stage.ts';
import { t } from './texts.ts';
import { onThemeChange } from './theme.ts';
import { loadPart } from './version.ts';

declare const CHART_URL: string;

const PLAY_STEP = 50; // ms
const PLAY_LENGTH = 30_000; // ms for all of it at the speed of 1
const FASTEST = 4;
const SLIDE = 300; // ms
const END = 1000; // of the slider

export class Player {
    readonly node: HTMLElement;
    private fixes: readonly Fix[] = [];
    private dated = false;
    private timer = 0;
    private speed = 1;
    private following = true; // until the map is dragged
    private marker: Marker | null = null;
    private chart: Chart | null = null;
    private readonly graph = el('div', { class: 'graph', hidden: true });
    private readonly slider = el('input', { type: 'range', min: '0', max: String(END), value: String(END), 'aria-label': t('timeOfDay') });
    private readonly play: HTMLButtonElement;
    private readonly speedText = el('span', {}, '1×');
    private readonly moment = el('output', { class: 'history-moment' });

    private readonly endTheme = onThemeChange(() => void this.draw());

    constructor(private readonly stage: Stage) {
        this.play = iconButton(t('play'), 'play', () => (this.timer ? this.stop() : this.start()));
        this.slider.addEventListener('input', () => {
            this.stop();
            this.showMoment();
        });
        const faster = el('button', { type: 'button', class: 'button small', 'aria-live': 'polite' },
            el('span', { class: 'visually-hidden' }, `${t('playSpeed')} `), this.speedText);
        faster.addEventListener('click', () => this.setSpeed(this.speed < FASTEST ? 2 * this.speed : 1));
        this.node = el('div', { class: 'playback', hidden: true }, this.graph, el('div', { class: 'player' }, this.play, this.slider, faster), this.moment);
    }

    /** At its end. dated: of several days. */
    show(fixes: readonly Fix[], dated: boolean): void {
        this.stop();
        this.fixes = fixes;
        this.dated = dated;
        this.node.hidden = fixes.length < 2;
        this.slider.value = String(END);
        this.showMoment();
        void this.draw();
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
        this.marker?.remove();
        this.chart?.leave();
        this.chart = null;
    }

    /** The graph is a part of its own, loaded when there is something to draw. */
    private async draw(): Promise<void> {
        const { fixes } = this;
        this.chart?.leave();
        this.chart = null;
        this.graph.hidden = true;
        if (!fixes.some(({ speed, altitude }) => speed !== null || altitude !== null)) {
            return;
        }
        const lib = await loadPart<typeof import('./chart.ts')>(CHART_URL);
        if (lib && fixes === this.fixes && !this.node.hidden && this.node.isConnected) {
            this.graph.hidden = false;
            this.chart = lib.drawChart(this.graph, fixes, format.chartText(this.dated), (at) => this.seek(at));
            this.showMoment();
        }
    }

    private bounds(): [number, number] {
        return [this.fixes[0]?.time ?? 0, this.fixes.at(-1)?.time ?? 0];
    }

    private seek(at: number): void {
        const [from, to] = this.bounds();
        this.stop();
        this.slider.value = String((END * (at - from)) / (to - from || 1));
        this.showMoment();
    }

    private showMoment(): void {
        const [from, to] = this.bounds();
        const share = Number(this.slider.value) / END;
        const at = from + share * (to - from);
        const place = placeAt(this.fixes, at);
        const parts = place === null ? [] : [format.moment(at, this.dated),
            place.speed === null ? '' : format.speed(place.speed), place.altitude === null ? '' : format.altitude(place.altitude)];
        const text = parts.filter((part) => part !== '').join(' · ');
        setText(this.moment, text);
        this.slider.setAttribute('aria-valuetext', text);
        this.chart?.point(share === 1 ? null : at);
        this.mark(share === 1 ? null : place);
    }

    private mark(place: { lat: number; lon: number } | null): void {
        const { lib, view } = this.stage;
        if (!place || !lib || !view) {
            this.marker?.remove();
            this.marker = null;
            return;
        }
        const pin = (): HTMLElement => el('div', { class: 'play-pin', 'aria-hidden': 'true' });
        this.marker ??= new lib.Marker({ element: pin() }).setLngLat([place.lon, place.lat]).addTo(view.map);
        this.marker.setLngLat([place.lon, place.lat]);
        if (this.following && !view.map.isMoving() && !view.shows(place)) {
            view.slide(place, SLIDE);
        }
    }

    private readonly dragged = (): void => void (this.following = false);

    private setSpeed(speed: number): void {
        this.speed = speed;
        setText(this.speedText, `${speed}×`);
    }

    private start(): void {
        let value = Number(this.slider.value) >= END ? 0 : Number(this.slider.value);
        const calm = reducedMotion() ? 10 : 1; // fewer, longer steps
        this.timer = window.setInterval(() => {
            value = Math.min(END, value + (END * PLAY_STEP * calm * this.speed) / PLAY_LENGTH);
            this.slider.value = String(value);
            this.showMoment();
            if (value >= END) {
                this.stop();
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
