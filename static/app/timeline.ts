// What a device did: stays and moves as a list and as pins, each beside its part of the track.
import type { Marker } from 'maplibre-gl';
import { joined } from './joined.ts';
import { addressOf } from './street.ts';
import type { Past } from './api.ts';
import { el, icon, iconButton } from './dom.ts';
import * as format from './format.ts';
import type { Place } from './map.ts';
import type { Fix } from './model.ts';
import { dayOf, startOf, type Span } from './past.ts';
import { rawList, type Removable } from './rawlist.ts';
import { lookAtFix, type Stage } from './stage.ts';
import { t } from './texts.ts';
import { ownClock } from './zones.ts';

const ICONS = { stay: 'pin', move: 'route', gap: 'gap' } as const;

export interface TimelineHost {
    past: Pick<Past, 'positions'>;
    device: string;
    stage: Stage;
    /** Lights up a part of the track; null: none. */
    highlight(from: number | null, to: number): void;
    fixes(): readonly Fix[];
    removable(): Removable | null;
}

export class Timeline {
    readonly node = el('ol', { class: 'timeline' });
    private readonly pins: Marker[] = [];
    private spans: readonly Span[] = [];
    private stays: [Span, HTMLElement][] = [];

    constructor(private readonly host: TimelineHost) {}

    show(spans: readonly Span[], dated: boolean): void {
        this.clear();
        this.spans = spans;
        let day = '';
        for (const [i, span] of spans.entries()) {
            const its = dayOf(span.from);
            if (dated && its !== day) {
                day = its;
                this.node.append(el('li', { class: 'timeline-day', 'data-at': String(startOf(its) ?? 0) }, el('h4', {}, format.longDay(span.from))));
            }
            const item = this.item(span, spans[i + 1] ?? span, dated);
            this.node.append(item);
            if (span.kind === 'stay') {
                this.stays.push([span, item]);
            }
        }
        this.drawPins();
    }

    /** Of the stays; again when the map has come later than the list. */
    drawPins(): void {
        this.pins.splice(0).forEach((pin) => pin.remove());
        this.stays.forEach(([span, item]) => this.pin(span, item));
    }

    /** Where the device was at that time, about. */
    readonly placeAt = (at: number): Place | null => this.spans.filter(({ from }) => from <= at).at(-1) ?? this.spans[0] ?? null;

    clear(): void {
        this.node.replaceChildren();
        this.spans = [];
        this.stays = [];
        this.drawPins();
        this.host.highlight(null, 0);
        this.host.stage.layer?.setAccuracy(null, null);
    }

    /** next: where it ends. */
    private item(span: Span, next: Span, dated: boolean): HTMLElement {
        const end = span.kind === 'stay' ? span : next;
        const node = el('button', { type: 'button', class: `span span-${span.kind}` }, icon(ICONS[span.kind]),
            el('span', { class: 'span-main' }, el('strong', {}, nameOf(span)), ownClock(el('span', { class: 'muted' }), `${format.time(span.from)} – ${format.time(span.to)}`,
                    [{ at: span.from, lat: span.lat, lon: span.lon }, { at: span.to, lat: end.lat, lon: end.lon }]),
                el('span', { class: 'muted' }, factsOf(span))));
        const item = el('li', { 'data-at': String(span.from) }, el('div', { class: 'span-row' }, node, this.deeper(span, dated)));
        node.addEventListener('click', () => this.look(span));
        for (const [event, on] of [['pointerenter', true], ['pointerleave', false], ['focusin', true], ['focusout', false]] as const) {
            item.addEventListener(event, () => this.light(span, item, on));
        }
        return item;
    }

    /** Opens and closes the positions of a span. */
    private deeper(span: Span, dated: boolean): HTMLElement {
        const { past, device, stage } = this.host;
        let box: HTMLElement | null = null;
        const toggle = iconButton(t('rawShow'), 'after', () => {
            if (box) {
                box.remove();
                box = null;
            } else {
                box = rawList(past, device, span.from, span.to, dated, (fix) => lookAtFix(stage, fix), this.host.removable());
                box.prepend(...[span.kind === 'stay' ? addressOf(span) : null].filter((node) => node !== null));
                toggle.closest('li')?.append(box);
            }
            toggle.setAttribute('aria-expanded', String(box !== null));
        });
        toggle.classList.add('span-deeper');
        toggle.setAttribute('aria-expanded', 'false');
        return toggle;
    }

    private light(span: Span, item: HTMLElement, on: boolean): void {
        item.classList.toggle('lit', on);
        this.host.highlight(on ? span.from : null, span.to);
    }

    private look(span: Span): void {
        if (span.kind === 'stay') {
            this.host.stage.view?.focus(span);
        } else {
            const part: Place[] = this.host.fixes().filter((fix) => fix.time >= span.from && fix.time <= span.to);
            this.host.stage.view?.fit(part.length > 0 ? part : [span], true);
        }
    }

    private pin(span: Span, item: HTMLElement): void {
        const { lib, view } = this.host.stage;
        if (lib && view) {
            const node = el('div', { class: 'stay-pin', 'aria-hidden': 'true', title: span.place ?? format.duration(span.to - span.from) });
            node.addEventListener('pointerenter', () => {
                this.light(span, item, true);
                item.scrollIntoView({ block: 'nearest' });
            });
            node.addEventListener('pointerleave', () => this.light(span, item, false));
            this.pins.push(new lib.Marker({ element: node }).setLngLat([span.lon, span.lat]).addTo(view.map));
        }
    }
}

function nameOf(span: Span): string {
    return span.kind === 'stay' ? span.place ?? format.coordinates(span.lat, span.lon)
        : t(span.kind === 'move' ? 'moved' : 'unknownWay', { distance: format.distance(span.metres) });
}

function factsOf(span: Span): string {
    const long = format.duration(span.to - span.from);
    const hours = (span.to - span.from) / 3600;
    const facts = span.kind !== 'move' ? [long]
        : [long, hours > 0 ? t('average', { speed: format.speed(span.metres / 1000 / hours) }) : '', span.topSpeed ? t('fastest', { speed: format.speed(span.topSpeed) }) : ''];
    return joined(facts);
}
