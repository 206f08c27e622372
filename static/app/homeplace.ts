// Home in the profile: its fields, a map beside them when it is wanted, and where one was last.
import { api } from './api.ts';
import { byId, el } from './dom.ts';
import type { HomeMap } from './homemap.ts';
import type { Place } from './map.ts';
import { t } from './texts.ts';
import { toast } from './toast.ts';
import { loadPart } from './version.ts';

declare const HOME_MAP_URL: string;

const DIGITS = 6; // of a degree: a decimetre

const latitude = (): HTMLInputElement => byId('home_latitude');
const longitude = (): HTMLInputElement => byId('home_longitude');

/** null: what is typed is no place. */
function typed(): Place | null {
    const [lat, lon] = [latitude(), longitude()].map((field) => (field.value.trim() === '' ? NaN : Number(field.value))) as [number, number];
    return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat, lon } : null;
}

function write({ lat, lon }: Place): void {
    latitude().value = lat.toFixed(DIGITS);
    longitude().value = lon.toFixed(DIGITS);
}

/** Of one's own devices, what was reported last. */
async function lastPosition(): Promise<Place | null> {
    const viewer = document.body.dataset.username ?? '';
    const fixes = (await api.lastKnown()).filter(({ deviceKey }) => deviceKey.startsWith(`${viewer}/`));
    return fixes.reduce<typeof fixes[number] | null>((last, fix) => (last && last.time >= fix.time ? last : fix), null);
}

/** Null when there is none, which is told. */
async function openMap(box: HTMLElement, form: HTMLElement): Promise<HomeMap | null> {
    const part = await loadPart<typeof import('./homemap.ts')>(HOME_MAP_URL);
    try {
        return await part?.openHomeMap(box, form.dataset.tileUrl ?? '', form.dataset.osm === '1', typed(), write) ?? null;
    } catch (error) { // the library is not to be had, or has no WebGL
        console.warn(error);
        toast(t('mapFailed'));
        return null;
    }
}

export function startHomePlace(): void {
    const form = byId<HTMLFormElement>('home-form');
    let map: HomeMap | null = null;
    let opening: Promise<void> | null = null;
    const here = el('button', { type: 'button', class: 'button' }, t('homeHere'));
    here.addEventListener('click', () => {
        here.disabled = true;
        void lastPosition().then((place) => {
            if (place) {
                write(place);
                map?.show(place, true);
            } else {
                toast(t('homeNowhere'));
            }
        }, () => toast(t('requestFailed'))).finally(() => (here.disabled = false));
    });
    const box = el('div', { class: 'home-map', hidden: true });
    const hint = el('p', { class: 'muted', hidden: true }, t('homeHint'));
    const onMap = el('button', { type: 'button', class: 'button', 'aria-expanded': 'false' }, t('homeOnMap'));
    const show = (open: boolean): void => {
        box.hidden = hint.hidden = !open;
        onMap.setAttribute('aria-expanded', String(open));
    };
    const open = async (): Promise<void> => {
        map = await openMap(box, form);
        if (!map) { // the next click tries again
            opening = null;
            box.replaceChildren();
            show(false);
        }
    };
    onMap.addEventListener('click', () => {
        show(box.hidden === true);
        opening ??= open();
    });
    form.addEventListener('input', () => map?.show(typed(), true));
    form.querySelector('button[type=submit]')?.before(el('div', { class: 'button-row' }, onMap, here), hint, box);
}
