// The pictures of the statistics page: bars of distances, a week's hours. Each is also there as a table.
import { el } from './dom.ts';
import * as format from './format.ts';
import { startOf } from './past.ts';
import { roundUp, type Bar, type BarLength } from './statistics-model.ts';
import { t } from './texts.ts';

const SVG = 'http://www.w3.org/2000/svg';
const HEIGHT = 200; // pixels
const FOOT = 22; // below the bars
const HEAD = 8;
const SIDE = 56; // left of the bars
const LABEL = 56; // pixels that a label below takes

function svg(tag: string, attributes: Record<string, string | number>, text = ''): SVGElement {
    const node = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) {
        node.setAttribute(name, String(value));
    }
    if (text !== '') {
        node.textContent = text;
    }
    return node;
}

/** What a bar stands for: a day, days, a month. */
export function barName({ first, last }: Bar, length: BarLength): string {
    const from = startOf(first) ?? 0;
    return length === 'month' ? format.month(from) : length === 'day' ? format.longDay(from) : format.span(from, startOf(last) ?? 0, true);
}

function lines(width: number, top: number, scale: (metres: number) => number): SVGElement[] {
    return [0, 0.5, 1].flatMap((part) => {
        const y = scale(top * part);
        return [svg('line', { x1: SIDE, x2: width, y1: y, y2: y, class: 'bar-line' }),
            svg('text', { x: SIDE - 8, y: y + 4, 'text-anchor': 'end' }, part === 0 ? '0' : format.distance(top * part))];
    });
}

function draw(node: SVGElement, width: number, bars: readonly Bar[], length: BarLength): void {
    const unit = format.unitMetres();
    const top = roundUp(Math.max(0, ...bars.map(({ metres }) => metres)) / unit) * unit;
    const scale = (metres: number): number => HEAD + (HEIGHT - HEAD - FOOT) * (1 - metres / top);
    const step = (width - SIDE) / bars.length;
    const every = Math.max(1, Math.ceil(LABEL / step));
    node.setAttribute('viewBox', `0 0 ${width} ${HEIGHT}`);
    node.setAttribute('width', String(width));
    node.replaceChildren(...lines(width, top, scale), ...bars.flatMap((bar, i) => {
        const x = SIDE + i * step;
        const height = Math.max(bar.metres > 0 ? 2 : 0, scale(0) - scale(bar.metres));
        const box = svg('rect', { x: x + step * 0.12, y: scale(0) - height, width: step * 0.76, height, rx: Math.min(3, step * 0.2), class: 'bar' });
        const reach = svg('rect', { x, y: HEAD, width: step, height: HEIGHT - HEAD - FOOT, class: 'bar-reach' });
        reach.append(svg('title', {}, `${barName(bar, length)}: ${format.distance(bar.metres)}`));
        const label = i % every === 0 && x + LABEL - 8 <= width ? [svg('text', { x, y: HEIGHT - 5 }, format.shortDay(startOf(bar.first) ?? 0, length === 'month'))] : [];
        return [box, reach, ...label];
    }));
}

/** Fits the width of what it is put into. */
export function barChart(bars: readonly Bar[], length: BarLength, summary: string): HTMLElement {
    const node = svg('svg', { role: 'img', 'aria-label': summary, height: HEIGHT, class: 'bars' });
    const box = el('div', { class: 'chart-box' }, node);
    let width = 0;
    new ResizeObserver(() => {
        if (box.clientWidth !== width && box.clientWidth > SIDE) {
            width = box.clientWidth;
            draw(node, width, bars, length);
        }
    }).observe(box);
    return box;
}

const LEVELS = 4;

/** Seconds on the way by weekday and hour: a table whose cells are coloured. */
export function heatMap(hours: readonly (readonly number[])[]): HTMLElement {
    const most = Math.max(1, ...hours.flat());
    const first = format.firstWeekday();
    const head = el('tr', {}, el('td'), ...Array.from({ length: 24 }, (_, hour) =>
        el('th', { scope: 'col' }, el('span', { class: hour % 6 === 0 ? 'hour' : 'visually-hidden' }, format.hour(hour)))));
    const rows = Array.from({ length: 7 }, (_, i) => {
        const weekday = (first + i) % 7;
        return el('tr', {}, el('th', { scope: 'row' }, format.weekday(weekday)), ...(hours[weekday] ?? []).map((seconds, hour) => {
            const level = Math.ceil((seconds / most) * LEVELS);
            return el('td', { class: `heat-${level}`, title: `${format.weekday(weekday)} ${format.hour(hour)}: ${format.duration(seconds)}` },
                el('span', { class: 'visually-hidden' }, format.duration(seconds)));
        }));
    });
    return el('div', {}, el('table', { class: 'heat' }, el('caption', { class: 'visually-hidden' }, t('statisticsHours')), el('thead', {}, head), el('tbody', {}, ...rows)),
        el('p', { class: 'heat-key muted', 'aria-hidden': 'true' }, t('statisticsLess'),
            ...Array.from({ length: LEVELS + 1 }, (_, level) => el('span', { class: `heat-${level}` })), t('statisticsMore')));
}
