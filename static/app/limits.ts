// Shares as the API tells them, their limits in words, and the window in which they are changed.
import { callApi } from './calls.ts';
import { el } from './dom.ts';
import * as format from './format.ts';
import { joined } from './joined.ts';
import { number } from './json.ts';
import { deviceLabel, isObject } from './model.ts';
import { dayOf, startOf } from './past.ts';
import { parsePerson, type Person } from './people.ts';
import { t, type TextName } from './texts.ts';
import { toast } from './toast.ts';
import { openWindow } from './window.ts';

export type Past = 'all' | 'since' | 'live';

export interface Limits {
    area: boolean;
    past: Past;
    since: number | null; // Unix seconds
    expiresAt: number | null; // Unix seconds
    paused: boolean;
}

export interface Share extends Limits {
    person: Person; // the other one
    id: number; // row of the device
    deviceId: string;
    key: string; // "owner/device_id"
    label: string;
    state: 'active' | 'paused' | 'over';
}

export interface Shares {
    given: Share[];
    received: Share[];
}

export const pastOf = (history: unknown): Past => (history === 'all' || history === 'since' ? history : 'live');

export const UNLIMITED: Limits = { area: false, past: 'all', since: null, expiresAt: null, paused: false };

export function parseShare(row: unknown): Share | null {
    const person = isObject(row) ? parsePerson(row.person) : null;
    if (!isObject(row) || !person || typeof row.id !== 'number' || typeof row.device_id !== 'string') {
        return null;
    }
    const name = typeof row.name === 'string' ? row.name : '';
    return {
        person, id: row.id, deviceId: row.device_id, label: deviceLabel({ name, deviceId: row.device_id }),
        key: typeof row.device_name === 'string' ? row.device_name : row.device_id,
        area: row.precision !== 'exact',
        past: pastOf(row.history),
        since: number(row, 'since'), expiresAt: number(row, 'expires_at'),
        paused: row.state === 'paused',
        state: row.state === 'active' || row.state === 'paused' ? row.state : 'over',
    };
}

export function parseAllShares(body: unknown): Shares {
    const list = (rows: unknown): Share[] => (Array.isArray(rows) ? rows : []).map(parseShare).filter((share) => share !== null);
    return isObject(body) ? { given: list(body.given), received: list(body.received) } : { given: [], received: [] };
}

const untilWords = (at: number | null): string => (at === null ? '' : t('limitUntil', { time: format.moment(at, true) }));

/** What of it may be seen, and until when. */
export function inWords({ area, past, since, expiresAt }: Omit<Limits, 'paused'>): string {
    return joined([
        area ? t('limitArea') : '',
        past === 'since' && since !== null ? t('limitSince', { date: format.longDay(since) }) : past === 'live' ? t('limitLive') : '',
        untilWords(expiresAt),
    ]) || t('limitNone');
}

/** The same of a public link; used: by whom knows it, in words. */
export function linkInWords({ area, trail, expiresAt }: { area: boolean; trail: boolean; expiresAt: number | null }, used = ''): string {
    return joined([area ? t('limitArea') : '', t(trail ? 'linkWithTrail' : 'limitLive'), untilWords(expiresAt), used]);
}

/** A friend's OwnTracks app in MQTT mode gets messages as the phone sends them, or none. */
export const reachesMqtt = ({ area, past, paused }: Limits): boolean => !area && past === 'all' && !paused;

/** A group of radio buttons; what() is the chosen one's value. */
export function choice<T extends string>(name: string, legend: string, options: readonly [T, TextName][], chosen: T): { node: HTMLElement; what: () => T } {
    const radios = options.map(([value]) => {
        const radio = el('input', { type: 'radio', name, value });
        radio.checked = value === chosen;
        return radio;
    });
    const node = el('fieldset', { class: 'segments' }, el('legend', {}, legend),
        ...options.map(([, text], i) => el('label', {}, radios[i] ?? null, el('span', {}, t(text)))));
    return { node, what: () => options[radios.findIndex((radio) => radio.checked)]?.[0] ?? chosen };
}

export type Life = 'keep' | 'never' | '3600' | '28800' | '86400' | '604800' | '2592000';
const LIVES: readonly [Life, TextName][] = [
    ['3600', 'lifeHour'], ['28800', 'lifeEight'], ['86400', 'lifeDay'], ['604800', 'lifeWeek'], ['2592000', 'lifeMonth'],
];

/** For how long; until: when it ends as things are, which may be kept. */
export function lifeSelect(id: string, options: { never: boolean; until: number | null }): HTMLSelectElement {
    const { never, until } = options;
    return el('select', { id },
        until !== null ? el('option', { value: 'keep' }, t('limitUntil', { time: format.moment(until, true) })) : null,
        never ? el('option', { value: 'never' }, t('lifeNever')) : null,
        ...LIVES.map(([value, name]) => el('option', { value }, t(name))));
}

function endOf(life: string, before: number | null): number | null {
    return life === 'keep' ? before : life === 'never' ? null : Math.floor(Date.now() / 1000) + Number(life);
}

/** The window; done() runs after a change. */
export function changeShare(who: Person, device: { deviceId: string; label: string }, before: Limits, done: () => void): void {
    const now = Date.now() / 1000;
    const until = before.expiresAt !== null && before.expiresAt > now ? before.expiresAt : null;
    const precision = choice('share-precision', t('sharePrecision'), [['exact', 'shareExact'], ['area', 'shareArea']] as const, before.area ? 'area' : 'exact');
    const past = choice('share-past', t('sharePast'), [['all', 'sharePastAll'], ['since', 'sharePastSince'], ['live', 'sharePastLive']] as const, before.past);
    const since = el('input', { id: 'share-since', type: 'date', required: true, max: dayOf(now) });
    since.value = dayOf(before.since ?? now);
    const sinceField = el('div', { class: 'field' }, el('label', { for: 'share-since' }, t('shareSinceDay')), since);
    const life = lifeSelect('share-life', { never: true, until });
    const paused = el('input', { type: 'checkbox' });
    paused.checked = before.paused;
    const note = el('p', { class: 'muted', role: 'status' });
    const read = (): Limits => ({
        area: precision.what() === 'area', past: past.what(),
        since: past.what() === 'since' ? startOf(since.value) : null,
        expiresAt: endOf(life.value, until), paused: paused.checked,
    });
    const update = (): void => {
        const limits = read();
        sinceField.hidden = limits.past !== 'since';
        since.disabled = sinceField.hidden;
        note.textContent = limits.paused ? t('sharePausedNote', { name: who.name }) : reachesMqtt(limits) ? '' : t('shareNoMqtt');
    };
    const form = el('form', { id: 'share-form', class: 'window-form' }, precision.node, el('p', { class: 'muted' }, t('shareAreaHint')), past.node, sinceField,
        el('div', { class: 'field' }, el('label', { for: 'share-life' }, t('shareEnds')), life),
        el('label', { class: 'choice' }, paused, el('span', {}, t('sharePaused'))), note);
    form.addEventListener('change', update);
    update();
    const save = el('button', { type: 'submit', class: 'button primary', form: 'share-form' }, t('save'));
    const { close } = openWindow(t('shareTitle', { name: who.name, device: device.label }), [form], [save]);
    form.addEventListener('submit', (event) => {
        event.preventDefault();
        save.disabled = true;
        const limits = read();
        void callApi('PUT', `/api/shares/${who.id}/${encodeURIComponent(device.deviceId)}/`, {
            precision: limits.area ? 'area' : 'exact', history: limits.past, since: limits.since, expires_at: limits.expiresAt, paused: limits.paused,
        }).then(({ ok, text }) => {
            save.disabled = false;
            toast(ok ? t('shareChanged', { name: who.name, device: device.label }) : text);
            if (ok) {
                close();
                done();
            }
        });
    });
}
