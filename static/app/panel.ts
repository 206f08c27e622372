// The list of devices. Rows are kept and changed in place, so focus and scrolling stay.
import { addressOf } from './street.ts';
import { battery } from './battery.ts';
import { byId, el, icon, setText } from './dom.ts';
import * as format from './format.ts';
import { isRecent, LATE, type Fix } from './model.ts';
import { seenText, type Audience } from './seen.ts';
import type { Device } from './store.ts';
import { t } from './texts.ts';

export interface TrackState {
    state: 'none' | 'loading' | 'ready' | 'failed';
    fixes: readonly Fix[];
    since: number | null; // Unix seconds: not of the whole day
    seen: number; // how many positions these stand for
    metres: number;
}

export interface PanelState {
    devices: readonly Device[];
    selected: number | null;
    following: boolean;
    track: TrackState;
    viewer: string;
    now: number; // Unix seconds
    isShown: (device: Device) => boolean;
    seen: ReadonlyMap<number, Audience>; // one's own devices, by row
}

export interface PanelActions {
    choose(id: number): void;
    follow(): void;
    showTrack(): void;
    history(): void;
    askPosition(): void;
    retryTrack(): void;
    close(): void;
    /** The past of all that are shown. */
    allHistory(): void;
    /** On the map, or not. */
    show(id: number, shown: boolean): void;
    askAll(): void;
}

interface Row {
    item: HTMLLIElement;
    button: HTMLButtonElement;
    letters: HTMLElement;
    name: HTMLElement;
    owner: HTMLElement;
    when: HTMLElement;
    facts: HTMLElement;
    battery: HTMLElement;
    box: HTMLInputElement;
    detail: Detail | null;
}

interface Detail {
    box: HTMLElement;
    period: HTMLElement;
    today: HTMLElement;
    count: HTMLElement;
    retry: HTMLButtonElement;
    warning: HTMLElement;
    address: HTMLElement;
    values: Record<'lastSeen' | 'position' | 'altitude' | 'reported', HTMLElement>;
    follow: HTMLButtonElement;
    track: HTMLButtonElement;
    history: HTMLButtonElement;
}

const seconds = (device: Device): number | null =>
    (device.latest || device.lastSeen ? Math.max(device.latest?.reported ?? 0, device.lastSeen ?? 0) : null);

function button(name: string, iconName: string, run: () => void): HTMLButtonElement {
    const node = el('button', { type: 'button', class: 'button' }, icon(iconName), el('span', {}, name));
    node.addEventListener('click', run);
    return node;
}

export class Panel {
    private readonly rows = new Map<number, Row>();
    private readonly list = el('ul', { class: 'device-list' });
    private readonly body = byId('devices');

    constructor(private readonly actions: PanelActions) {
        byId('ask-all').addEventListener('click', () => actions.askAll());
        byId('all-history').addEventListener('click', () => actions.allHistory());
    }

    update(state: PanelState): void {
        if (this.list.parentElement !== this.body) {
            this.body.replaceChildren(this.list);
        }
        setText(byId('device-count'), state.devices.length > 1 ? String(state.devices.length) : '');
        byId('ask-all').hidden = state.devices.filter(({ owner }) => owner === state.viewer).length < 2;
        byId('all-history').hidden = state.devices.length < 2;
        const items = state.devices.map((device) => this.row(device, state).item);
        for (const id of this.rows.keys()) {
            if (!state.devices.some((device) => device.id === id)) {
                this.rows.delete(id);
            }
        }
        const same = items.length === this.list.children.length && items.every((item, i) => item === this.list.children[i]);
        if (!same) {
            this.list.replaceChildren(...items);
        }
    }

    /** Something else than the list: a message, the first steps. */
    replace(content: HTMLElement): void {
        if (!this.body.contains(content)) {
            this.body.replaceChildren(content);
        }
    }

    reveal(id: number): void {
        this.rows.get(id)?.item.scrollIntoView({ block: 'nearest' });
    }

    focus(id: number): void {
        this.rows.get(id)?.button.focus();
    }

    /** On what opens the history; null: of all. */
    focusHistory(id: number | null): void {
        (id === null ? byId('all-history') : this.rows.get(id)?.detail?.history)?.focus();
    }

    private row(device: Device, state: PanelState): Row {
        const row = this.rows.get(device.id) ?? this.create(device.id);
        const selected = device.id === state.selected;
        const fix = device.position;
        row.item.classList.toggle('selected', selected);
        row.item.style.setProperty('--colour', device.colour);
        row.button.setAttribute('aria-expanded', String(selected));
        row.button.classList.toggle('online', device.online);
        setText(row.letters, device.initials);
        setText(row.name, device.label);
        setText(row.owner, device.owner !== '' && device.owner !== state.viewer ? t('sharedBy', { owner: device.owner }) : seenText(state.seen.get(device.id)));
        const age = fix ? format.age(fix.time, state.now) : t('noPosition');
        setText(row.when, device.online ? `${t('online')} · ${age}` : age);
        setText(row.facts, facts(fix, state.now));
        this.battery(row, device.latest);
        row.box.checked = state.isShown(device);
        row.box.setAttribute('aria-label', t('deviceShown', { name: device.label }));
        row.item.classList.toggle('off', !row.box.checked);
        (row.box.parentElement as HTMLElement).hidden = state.devices.length < 2;
        if (selected) {
            row.detail ??= this.detail(row.item);
            fillDetail(row.detail, device, state);
        } else if (row.detail) {
            row.detail.box.remove();
            row.detail = null;
        }
        return row;
    }

    private battery(row: Row, fix: Fix | null): void {
        const key = fix ? `${fix.battery ?? ''}${fix.charging ? '+' : ''}` : '';
        if (row.battery.dataset.key !== key) {
            row.battery.dataset.key = key;
            const node = battery(fix);
            row.battery.replaceChildren(...(node ? [node] : []));
        }
    }

    private create(id: number): Row {
        const letters = el('span', { class: 'avatar', 'aria-hidden': 'true' });
        const name = el('span', { class: 'device-name' });
        const owner = el('span', { class: 'device-owner' });
        const when = el('span', { class: 'device-when' });
        const detailFacts = el('span', { class: 'device-facts' });
        const batteryBox = el('span', { class: 'device-battery' });
        const row = el('button', { type: 'button', class: 'device-row', 'aria-expanded': 'false' },
            letters,
            el('span', { class: 'device-main' },
                el('span', { class: 'device-title' }, name, owner), when, detailFacts),
            batteryBox);
        row.addEventListener('click', () => this.actions.choose(id));
        const box = el('input', { type: 'checkbox' });
        box.addEventListener('change', () => this.actions.show(id, box.checked));
        const item = el('li', { class: 'device', 'data-device': String(id) }, row, el('label', { class: 'device-shown' }, box));
        const created: Row = {
            item, button: row, letters, name, owner, when, facts: detailFacts, battery: batteryBox, box, detail: null,
        };
        this.rows.set(id, created);
        return created;
    }

    private detail(item: HTMLElement): Detail {
        const period = el('strong');
        const today = el('span', { class: 'today-text' });
        const count = el('span', { class: 'today-count' });
        const retry = el('button', { type: 'button', class: 'button small', hidden: true }, t('retry'));
        retry.addEventListener('click', () => this.actions.retryTrack());
        const warning = el('p', { class: 'hint', hidden: true });
        const values = { lastSeen: el('dd'), position: el('dd'), altitude: el('dd'), reported: el('dd') };
        const address = el('div', { class: 'device-address' });
        const follow = button(t('follow'), 'follow', () => this.actions.follow());
        const track = button(t('showTrack'), 'route', () => this.actions.showTrack());
        const history = button(t('history'), 'calendar', () => this.actions.history());
        const asking = button(t('askPosition'), 'pin', () => this.actions.askPosition());
        const close = el('button', { type: 'button', class: 'button icon-button', 'aria-label': t('close') }, icon('close'));
        close.addEventListener('click', () => this.actions.close());
        const box = el('div', { class: 'device-detail' },
            el('p', { class: 'today' }, period, today, count, retry),
            warning,
            el('dl', { class: 'facts' },
                el('dt', {}, t('position')), values.position,
                el('dt', {}, t('altitude')), values.altitude,
                el('dt', {}, t('reported')), values.reported,
                el('dt', {}, t('lastSeen')), values.lastSeen),
            address,
            el('div', { class: 'actions' }, follow, track, history, asking, close));
        item.append(box);
        return { box, period, today, count, retry, warning, address, values, follow, track, history };
    }
}

/** "42 km/h · ±12 m"; what is unknown is left out. */
function facts(fix: Fix | null, now: number): string {
    const parts: string[] = [];
    if (fix?.speed && isRecent(fix, now)) {
        parts.push(format.speed(fix.speed));
    }
    if (fix?.accuracy) {
        parts.push(t('accuracy', { distance: format.distance(fix.accuracy) }));
    }
    return parts.join(' · ');
}

function todayText(track: TrackState): string {
    const first = track.fixes[0];
    const last = track.fixes.at(-1);
    if (track.state === 'failed') {
        return t('todayFailed');
    }
    if (track.state === 'loading' && !first) {
        return t('todayLoading');
    }
    if (!first || !last) {
        return t('todayNothing');
    }
    const [from, to] = [format.time(first.time), format.time(last.time)];
    const times = from === to ? from : `${from} – ${to}`;
    return track.metres > 0 ? `${format.distance(track.metres)} · ${times}` : times;
}

/** When the phone told of it much later than it was there. */
function reportedText({ time, reported }: Fix): string {
    return reported - time > LATE
        ? t('reportedAt', { time: format.dateTime(reported), late: format.duration(reported - time), of: format.dateTime(time) }) : '';
}

function pair(dd: HTMLElement, text: string): void {
    setText(dd, text);
    const hide = text === '';
    dd.hidden = hide;
    (dd.previousElementSibling as HTMLElement).hidden = hide;
}

/** Of the place that is shown; a device that moves on is asked about anew. */
function showAddress(box: HTMLElement, fix: Fix | null): void {
    const key = fix ? format.coordinates(fix.lat, fix.lon) : '';
    if (box.dataset.key !== key) {
        box.dataset.key = key;
        const node = fix ? addressOf(fix) : null;
        box.replaceChildren(...(node ? [node] : []));
    }
}

function fillDetail(detail: Detail, device: Device, state: PanelState): void {
    const fix = device.position;
    const { track } = state;
    setText(detail.period, track.since === null ? t('today') : t('sinceTime', { time: format.time(track.since) }));
    setText(detail.today, todayText(track));
    setText(detail.count, track.seen > 0 ? format.count(track.seen) : '');
    detail.retry.hidden = track.state !== 'failed';
    const ignored = fix && device.latest && device.latest !== fix ? device.latest : null;
    detail.warning.hidden = ignored === null;
    setText(detail.warning, ignored ? t('inaccurate', { distance: format.distance(ignored.accuracy ?? 0) }) : '');
    pair(detail.values.position, fix ? format.coordinates(fix.lat, fix.lon) : '');
    pair(detail.values.altitude, fix?.altitude ? format.altitude(fix.altitude) : '');
    pair(detail.values.reported, fix ? reportedText(fix) : '');
    const seen = seconds(device);
    pair(detail.values.lastSeen, seen === null ? '' : format.zonedTime(seen));
    showAddress(detail.address, fix);
    detail.follow.disabled = fix === null;
    detail.follow.setAttribute('aria-pressed', String(state.following));
    setText(detail.follow.lastElementChild as HTMLElement, t(state.following ? 'following' : 'follow'));
    detail.track.disabled = track.fixes.length === 0;
}
