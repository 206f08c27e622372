// Positions that were removed lately: to bring back, or to delete for good at once.
import { ask } from './ask.ts';
import { callApi } from './calls.ts';
import { el } from './dom.ts';
import { restorePositions } from './done.ts';
import * as format from './format.ts';
import { instant, list, number, text, type Json } from './json.ts';
import { isObject } from './model.ts';
import { button } from './parts.ts';
import { t } from './texts.ts';
import { toast } from './toast.ts';

interface Host {
    place: HTMLElement;
    /** Staff, and all of it is to be seen: devices are named with their owners. */
    everybody: boolean;
    changed(): void;
}

const moment = (row: Json, key: string): string => format.dateTime(instant(row, key) ?? 0);

function deviceOf(row: Json, host: Host): string {
    return host.everybody && text(row, 'owner') !== '' ? `${text(row, 'owner')}/${text(row, 'device_id')}` : text(row, 'device_id');
}

async function forget(row: Json, host: Host): Promise<void> {
    const sure = await ask({
        title: t('forgetTitle'), text: t('forgetText', { n: number(row, 'count') ?? 0, device: deviceOf(row, host) }), button: t('forget'),
    });
    if (sure !== null) {
        const { ok, text: why, body } = await callApi('DELETE', `/api/removed/${number(row, 'id') ?? 0}/`);
        toast(ok && isObject(body) ? t('forgotten', { n: number(body, 'forgotten') ?? 0 }) : why);
        await read(host);
    }
}

async function restore(row: Json, host: Host, pressed: HTMLButtonElement): Promise<void> {
    pressed.disabled = true;
    if (await restorePositions(`/api/removed/${number(row, 'id') ?? 0}/restore/`, toast)) {
        host.changed();
    }
    await read(host);
}

function item(row: Json, host: Host): HTMLElement {
    const what = t('removedRow', { n: number(row, 'count') ?? 0, device: deviceOf(row, host), from: moment(row, 'first'), to: moment(row, 'last') });
    const when = t('removedAt', { when: moment(row, 'removed_at'), until: moment(row, 'kept_until') });
    return el('li', { class: 'row' }, el('span', {}, what), el('span', { class: 'muted' }, when),
        el('span', { class: 'button-row' },
            button(t('restore'), (pressed) => void restore(row, host, pressed)), button(t('forget'), () => void forget(row, host), 'danger')));
}

async function read(host: Host): Promise<void> {
    const { ok, text: why, body } = await callApi('GET', `/api/removed/${host.everybody ? '' : '?mine=1'}`);
    const rows = ok && isObject(body) ? list(body, 'results') : [];
    host.place.replaceChildren(rows.length === 0 ? el('p', { class: 'muted' }, ok ? t('removedNone') : why)
        : el('ul', { class: 'rows' }, ...rows.map((row) => item(row, host))));
}

/** Fills the place; the function that it returns reads again. */
export function showRemoved(place: HTMLElement, everybody: boolean, changed: () => void = () => undefined): () => void {
    const host = { place, everybody, changed };
    void read(host);
    return () => void read(host);
}
