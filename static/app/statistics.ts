// A device's days in numbers.
import { api, query } from './api.ts';
import { callApi } from './calls.ts';
import { byId, el, iconButton, setText } from './dom.ts';
import * as format from './format.ts';
import { startPage } from './forms.ts';
import { deviceLabel, type DeviceInfo } from './model.ts';
import { facts, table } from './parts.ts';
import { addDays, dayOf, startOf } from './past.ts';
import { barChart, barName, heatMap } from './statistics-charts.ts';
import {
    barsOf, busiest, daysOfPeriod, formatState, longestDay, parseState, parseStatistics, zoneText,
    type BarLength, type PeriodName, type Spot, type Statistics, type StatisticsState,
} from './statistics-model.ts';
import { t, type TextName } from './texts.ts';
import { mapAddress } from './urlstate.ts';

const today = (): string => dayOf(Date.now() / 1000);
const viewer = document.body.dataset.username ?? '';
const accuracy = Number(document.body.dataset.accuracyLimit ?? 0);
const device = byId<HTMLSelectElement>('device');

let state = parseState(location.search, today());
let devices: DeviceInfo[] = [];

// ---- parts

function card(id: string, title: TextName, ...content: Node[]): HTMLElement {
    return el('section', { class: 'card stack', id, 'aria-labelledby': `${id}-title` }, el('h2', { id: `${id}-title` }, t(title)), ...content);
}

function dayLink(day: string, more = ''): HTMLElement {
    const link = el('a', { href: mapAddress({ device: state.device, day }) }, format.longDay(startOf(day) ?? 0));
    return more === '' ? link : el('span', {}, link, more);
}

function summary(s: Statistics, first: string, after: string): HTMLElement {
    const longest = longestDay(s.days);
    const most = busiest(s.hours);
    const all = Math.round(((startOf(after) ?? 0) - (startOf(first) ?? 0)) / 86400);
    return card('numbers', 'statisticsNumbers', facts([
        ['statisticsDistance', el('strong', {}, format.distance(s.metres))],
        ['statisticsDays', t('statisticsDaysOf', { n: s.days.length, all })],
        ['statisticsMoving', format.longDuration(s.moving)],
        ['statisticsResting', format.longDuration(s.resting)],
        ['statisticsLongest', longest ? dayLink(longest.day, ` · ${format.distance(longest.metres)}`) : '–'],
        ['statisticsBusiest', most ? `${format.longWeekday(most.weekday)}, ${format.hourSpan(most.hour)}` : '–'],
        ['positions', format.whole(s.positions)],
    ]));
}

const titles: Record<BarLength, TextName> = { day: 'statisticsPerDay', week: 'statisticsPerWeek', month: 'statisticsPerMonth' };

function distances(s: Statistics, first: string, after: string): HTMLElement {
    const { length, bars } = barsOf(s.days, first, after);
    const rows = s.days.map((day) => [dayLink(day.day), format.distance(day.metres), format.duration(day.moving), format.duration(day.resting), format.whole(day.positions)]);
    const days = el('details', {}, el('summary', { class: 'button small' }, t('statisticsTable')),
        table([{ name: 'statisticsDay' }, { name: 'statisticsDistance' }, { name: 'statisticsMoving' }, { name: 'statisticsResting' }, { name: 'positions' }], rows, t('statisticsPerDay')));
    const longest = bars.reduce((best, bar) => (bar.metres > best.metres ? bar : best));
    const told = t('statisticsChart', { title: t(titles[length]), most: format.distance(longest.metres), when: barName(longest, length) });
    return card('distances', titles[length], barChart(bars, length, told), days);
}

function spot({ place, lat, lon, seconds, stays }: Spot, most: number): HTMLElement {
    const share = el('span', { class: 'spot-share' });
    share.style.setProperty('--share', String(seconds / most));
    return el('li', { class: 'spot' },
        el('a', { href: `/#map=16/${lat.toFixed(5)}/${lon.toFixed(5)}` }, place ?? format.coordinates(lat, lon)),
        el('span', { class: 'muted' }, `${format.longDuration(seconds)} · ${t('statisticsStays', { n: stays })}`), share);
}

function places({ places: spots }: Statistics): HTMLElement {
    const most = Math.max(1, ...spots.map(({ seconds }) => seconds));
    return card('places', 'statisticsPlaces', spots.length === 0 ? el('p', { class: 'muted' }, t('statisticsNoPlaces'))
        : el('ol', { class: 'spots' }, ...spots.map((one) => spot(one, most))));
}

function draw(s: Statistics, first: string, after: string): void {
    const box = byId('statistics');
    if (s.days.length === 0) {
        box.replaceChildren(el('p', { class: 'card' }, t('historyNothing')));
        return;
    }
    const from = state.period === 'all' ? s.days[0]?.day ?? first : first;
    const to = state.period === 'all' ? addDays(s.days.at(-1)?.day ?? from, 1) : after;
    box.replaceChildren(summary(s, from, to), distances(s, from, to), card('week', 'statisticsHours', heatMap(s.hours)), places(s));
}

// ---- reading

let reading = 0;

/** A slower answer to an older question is left. */
async function read(): Promise<void> {
    const turn = ++reading;
    const box = byId('statistics');
    const [first, after] = daysOfPeriod(state.period, state.day);
    const start = startOf(first) ?? 0, end = (startOf(after) ?? 0) - 1;
    box.setAttribute('aria-busy', 'true');
    const { ok, text, body } = await callApi('GET', `/api/statistics/?${query({ device: state.device, start, end, zone: zoneText(start, end), accuracy })}`);
    if (turn !== reading) {
        return;
    }
    const found = ok ? parseStatistics(body) : null;
    if (found) {
        draw(found, first, after);
    } else {
        const again = el('button', { type: 'button', class: 'button small' }, t('retry'));
        again.addEventListener('click', () => void read());
        box.replaceChildren(el('p', { class: 'message bad', role: 'alert' }, ok ? t('historyFailed') : text), again);
    }
    box.setAttribute('aria-busy', 'false');
}

// ---- what is chosen

function periodName(): string {
    const [first, after] = daysOfPeriod(state.period, state.day);
    const from = startOf(first) ?? 0;
    switch (state.period) {
        case 'week': return format.span(from, startOf(addDays(after, -1)) ?? 0, true);
        case 'month': return format.month(from);
        case 'year': return first.slice(0, 4);
        case 'all': return '';
    }
}

function step(by: 1 | -1): void {
    const [first, after] = daysOfPeriod(state.period, state.day);
    go({ ...state, day: by > 0 ? after : addDays(first, -1) });
}

const before = iconButton(t('periodBefore'), 'before', () => step(-1));
const next = iconButton(t('periodAfter'), 'after', () => step(1));
const shown = el('strong', { 'aria-live': 'polite' });

function show(): void {
    device.value = state.device;
    for (const radio of document.querySelectorAll<HTMLInputElement>('#period input')) {
        radio.checked = radio.value === state.period;
    }
    setText(shown, periodName());
    byId('steps').hidden = state.period === 'all';
    next.disabled = daysOfPeriod(state.period, state.day)[1] > today();
    void read();
}

function go(to: StatisticsState): void {
    state = to;
    history.pushState(null, '', formatState(to));
    show();
}

function label(one: DeviceInfo): string {
    return one.owner === '' || one.owner === viewer ? deviceLabel(one) : `${deviceLabel(one)} (${one.owner})`;
}

async function start(): Promise<void> {
    startPage();
    byId('steps').append(before, shown, next);
    try {
        devices = await api.devices();
    } catch {
        byId('statistics').replaceChildren(el('p', { class: 'message bad', role: 'alert' }, t('historyFailed')));
        return;
    }
    devices.sort((a, b) => Number(b.owner === viewer) - Number(a.owner === viewer) || label(a).localeCompare(label(b)));
    if (devices.length === 0) {
        byId('choice').hidden = true;
        byId('statistics').replaceChildren(el('p', { class: 'card' }, t('statisticsNoDevice'), ' ', el('a', { href: '/about/' }, t('aboutTitle'))));
        return;
    }
    device.append(...devices.map((one) => el('option', { value: one.key }, label(one))));
    const known = (key: string): boolean => devices.some((one) => one.key === key);
    const named = (to: StatisticsState): StatisticsState => (known(to.device) ? to : { ...to, device: devices[0]?.key ?? '' });
    device.addEventListener('change', () => go({ ...state, device: device.value }));
    byId('period').addEventListener('change', (event) => go({ ...state, period: (event.target as HTMLInputElement).value as PeriodName, day: state.period === 'all' ? today() : state.day }));
    byId('choice').addEventListener('submit', (event) => event.preventDefault());
    addEventListener('popstate', () => {
        state = named(parseState(location.search, today()));
        show();
    });
    state = named(state);
    show();
}

void start();
