// One's places on one's phones: sent there, read from there, and how far that has come.
import { callApi, devicePath } from './calls.ts';
import { byId, el, icon, setText } from './dom.ts';
import * as format from './format.ts';
import { instant, list, text, type Json } from './json.ts';
import { Live } from './live.ts';
import { isObject } from './model.ts';
import { button } from './parts.ts';
import { t, type TextName } from './texts.ts';
import { toast } from './toast.ts';

const POLL = 3000; // ms, while something is on its way
const ACTIONS = ['setWaypoints', 'waypoints'];

interface State {
    action: string;
    state: string;
    at: number | null;
}

/** The last order about places, and whether it may still change. */
export function lastOrder(commands: Json[]): State | null {
    const last = commands.find((one) => ACTIONS.includes(text(one, 'action')));
    return last ? {
        action: text(last, 'action'), state: text(last, 'state'),
        at: instant(last, 'confirmed_at') ?? instant(last, 'delivered_at') ?? instant(last, 'created_at'),
    } : null;
}

export function isUnderway({ action, state }: State): boolean {
    return state === 'queued' || (state === 'delivered' && action === 'waypoints');
}

const words: Record<string, Record<string, TextName>> = {
    setWaypoints: { queued: 'syncWaits', delivered: 'syncSent', confirmed: 'syncSent', expired: 'syncExpired' },
    waypoints: { queued: 'syncWaits', delivered: 'syncAsked', confirmed: 'syncRead', expired: 'syncExpired' },
};

class PhoneRow {
    readonly node: HTMLElement;
    private readonly note = el('span', { class: 'muted', role: 'status' });
    private timer: ReturnType<typeof setTimeout> | undefined;
    private readonly path: string;
    private before = ''; // state

    constructor(deviceId: string, name: string) {
        this.path = devicePath(deviceId, 'cmd');
        this.node = el('li', { class: 'row' }, el('strong', {}, name), this.note,
            el('span', { class: 'button-row' },
                button(t('syncTo'), (pressed) => void this.order('setWaypoints', pressed)), button(t('syncFrom'), (pressed) => void this.order('waypoints', pressed))));
        void this.look();
    }

    private async order(action: string, pressed: HTMLButtonElement): Promise<void> {
        pressed.disabled = true;
        const { ok, text: why } = await callApi('POST', this.path, { action });
        pressed.disabled = false;
        if (!ok) {
            toast(why);
        }
        await this.look();
    }

    private async look(): Promise<void> {
        clearTimeout(this.timer);
        const { body } = await callApi('GET', this.path);
        const last = isObject(body) ? lastOrder(list(body, 'results')) : null;
        const word = last && words[last.action]?.[last.state];
        if (!last || !word) {
            return;
        }
        setText(this.note, t(word, { time: last.at === null ? '' : format.dateTime(last.at) }));
        if (last.action === 'waypoints' && last.state === 'confirmed' && this.before !== '' && this.before !== last.state) {
            tellRead();
        }
        this.before = last.state;
        if (isUnderway(last)) {
            this.timer = setTimeout(() => void this.look(), POLL);
        }
    }
}

/** Something has been typed for a new place, which would be lost. */
const typed = (): boolean => [...document.querySelectorAll<HTMLInputElement>('#new-place input:not([type=hidden])')].some((input) => input.value !== input.defaultValue);

/** What the phone told is shown when the page is read again: at once, unless something is being typed. */
function tellRead(): void {
    if (document.querySelector('form:focus-within, details.place[open]') === null && !typed()) {
        location.reload();
    } else {
        toast(t('syncNews'), { sticky: true, action: { label: t('look'), run: () => location.reload() } });
    }
}

export function startSync(): void {
    const place = document.getElementById('phone-sync');
    const phones = [...document.querySelectorAll<HTMLElement>('#phone-sync [data-device]')];
    place?.replaceChildren(...phones.map((one) => new PhoneRow(one.dataset.device ?? '', one.textContent).node));
}

/** What a phone makes by itself is heard of over the live feed. */
export function startPlaceNews(): void {
    const live = new Live(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws/locations/`, {
        state: () => undefined, catchUp: () => undefined,
        event: ({ type }) => {
            if (type === 'places') {
                tellRead();
            }
        },
    });
    live.start();
    document.addEventListener('visibilitychange', () => !document.hidden && live.wake());
}

/** The middle of a new place is at home. */
export function startHomeCentre(): void {
    const { homeLatitude, homeLongitude } = document.body.dataset;
    const form = byId<HTMLFormElement>('new-place');
    if (!homeLatitude || !homeLongitude) {
        return;
    }
    const home = el('button', { type: 'button', class: 'button' }, icon('pin'), t('placeHome'));
    home.addEventListener('click', () => {
        (form.elements.namedItem('latitude') as HTMLInputElement).value = String(Number.parseFloat(homeLatitude));
        (form.elements.namedItem('longitude') as HTMLInputElement).value = String(Number.parseFloat(homeLongitude));
        form.dispatchEvent(new Event('input', { bubbles: true }));
    });
    form.querySelector('button[type=submit]')?.after(' ', home);
}
