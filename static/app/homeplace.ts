// Home in the profile: where one was last goes into its fields.
import { api } from './api.ts';
import { byId, el } from './dom.ts';
import type { Place } from './map.ts';
import { t } from './texts.ts';
import { toast } from './toast.ts';

const DIGITS = 6; // of a degree: a decimetre

/** Of one's own devices, what was reported last. */
async function lastPosition(): Promise<Place | null> {
    const viewer = document.body.dataset.username ?? '';
    const fixes = (await api.lastKnown()).filter(({ deviceKey }) => deviceKey.startsWith(`${viewer}/`));
    return fixes.reduce<typeof fixes[number] | null>((last, fix) => (last && last.time >= fix.time ? last : fix), null);
}

export function startHomePlace(): void {
    const here = el('button', { type: 'button', class: 'button' }, t('homeHere'));
    here.addEventListener('click', () => {
        here.disabled = true;
        void lastPosition().then((place) => {
            if (place) {
                byId<HTMLInputElement>('home_latitude').value = place.lat.toFixed(DIGITS);
                byId<HTMLInputElement>('home_longitude').value = place.lon.toFixed(DIGITS);
            } else {
                toast(t('homeNowhere'));
            }
        }, () => toast(t('requestFailed'))).finally(() => (here.disabled = false));
    });
    const row = el('div', { class: 'button-row' });
    const save = byId('home-form').querySelector('button[type=submit]');
    save?.before(row);
    row.append(...(save ? [save] : []), here);
}
