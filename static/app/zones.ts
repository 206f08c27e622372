// Times as the reader's clock has them, or as the clocks had them where the device was.
import { el } from './dom.ts';
import * as format from './format.ts';
import { dayOf } from './past.ts';
import { locale, t } from './texts.ts';
import { loadPart } from './version.ts';

declare const ZONES_URL: string;

export type Clock = 'mine' | 'device';
export interface Moment {
    at: number; // Unix seconds
    lat: number;
    lon: number;
}

const KEY = 'mytracks-times';
const MARK = 'own-clock';
type Lookup = (lat: number, lon: number) => string | null;
const writers = new WeakMap<Element, () => void>();
let chosen: Clock = readClock();
let lookup: Lookup | null = null;

export function readClock(): Clock {
    try {
        return localStorage.getItem(KEY) === 'device' ? 'device' : 'mine';
    } catch {
        return 'mine'; // no storage, or no browser
    }
}

function keepClock(clock: Clock): void {
    try {
        localStorage.setItem(KEY, clock);
    } catch {
        // until the page is left, then
    }
}

const forms = new Map<string, Intl.DateTimeFormat>();

/** With the day where it is not the reader's day. A zone that the browser does not know is not used. */
function formIn(zone: string, seconds: boolean, dated: boolean): Intl.DateTimeFormat {
    const key = [zone, seconds, dated].join();
    const known = forms.get(key);
    if (known) {
        return known;
    }
    const form = new Intl.DateTimeFormat(locale, {
        hour: '2-digit', minute: '2-digit', timeZone: zone, timeZoneName: 'short', ...(seconds ? { second: '2-digit' } : {}),
        ...(dated ? { day: 'numeric', month: 'short' } : {}),
    });
    forms.set(key, form);
    return form;
}

/** "14:05" and "GMT+9". dated: with the day in any case. */
export function timeIn(zone: string, at: number, seconds = false, dated = false): { time: string; zone: string } {
    const day = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at * 1000);
    const parts = formIn(zone, seconds, dated || day !== dayOf(at)).formatToParts(at * 1000);
    const name = parts.findIndex(({ type }) => type === 'timeZoneName');
    const time = parts.filter((_, i) => i !== name).map(({ value }) => value).join('').trim();
    return { time, zone: parts[name]?.value ?? '' };
}

/** "08:00 – 09:30 CET", "08:00 CET – 20:10 JST"; null: where that is, is not known. */
export function timesThere(moments: readonly Moment[], find: Lookup, seconds = false, dated = false): string | null {
    try {
        const told = moments.map(({ at, lat, lon }) => {
            const zone = find(lat, lon);
            return zone === null ? null : timeIn(zone, at, seconds, dated);
        }).filter((one) => one !== null);
        const same = told.every(({ zone }) => zone === told[0]?.zone);
        return told.length < moments.length ? null
            : `${told.map(({ time, zone }) => (same ? time : `${time} ${zone}`)).join(' – ')}${same ? ` ${told[0]?.zone ?? ''}` : ''}`;
    } catch {
        return null; // this browser does not know the zone
    }
}

/** An element with times that follow the choice. mine: as the reader's clock has them. */
export function ownClock(node: HTMLElement, mine: string, moments: readonly Moment[], seconds = false, dated = false): HTMLElement {
    node.classList.add(MARK);
    const write = (): void => {
        node.textContent = (chosen === 'device' && lookup ? timesThere(moments, lookup, seconds, dated) : null) ?? mine;
    };
    writers.set(node, write);
    write();
    return node;
}

function rewrite(): void {
    for (const node of document.querySelectorAll(`.${MARK}`)) {
        writers.get(node)?.();
    }
}

async function load(): Promise<void> {
    if (chosen === 'device' && !lookup) {
        lookup = (await loadPart<typeof import('./zonelookup.ts')>(ZONES_URL))?.zoneAt ?? null;
    }
    rewrite();
}

/** Whose clock tells the times; remembered. */
export function clockChoice(): HTMLElement {
    const radio = (clock: Clock, label: string): HTMLElement => {
        const input = el('input', { type: 'radio', name: 'clock', value: clock });
        input.checked = clock === chosen;
        input.addEventListener('change', () => {
            chosen = clock;
            keepClock(clock);
            void load();
        });
        return el('label', {}, input, el('span', {}, label));
    };
    void load();
    return el('fieldset', { class: 'segments clock-choice' }, el('legend', {}, t('clock')),
        radio('mine', t('clockMine', { zone: format.zone(Date.now() / 1000) })), radio('device', t('clockDevice')));
}
