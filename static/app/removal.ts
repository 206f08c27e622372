// Removing one's own positions, of a time or a single one. They are kept for a while (removed.ts).
import { query } from './api.ts';
import { callApi } from './calls.ts';
import { el, iconButton } from './dom.ts';
import { tellNext } from './done.ts';
import * as format from './format.ts';
import { number, objectOf } from './json.ts';
import { DEVICES_CHANGED } from './model.ts';
import { t } from './texts.ts';
import { toast } from './toast.ts';
import { openWindow } from './window.ts';

/** All maps that are open, this one too, are read anew: the device may have lost its latest position. */
async function remove(deviceKey: string, from: number, to: number): Promise<void> {
    const { ok, text, body } = await callApi('DELETE', `/api/tracks/?${query({ device: deviceKey, start: from, end: to })}`);
    if (!ok) {
        toast(text);
        return;
    }
    const removal = number(objectOf(body), 'removal');
    tellNext(t('positionsRemoved', { n: number(objectOf(body), 'removed') ?? 0 }), removal === null ? undefined : `/api/removed/${removal}/restore/`);
    new BroadcastChannel(DEVICES_CHANGED).postMessage(null);
}

const pathOf = (id: number, part = ''): string => `/api/locations/${id}/${part}`;

/** A cross beside a position of a list. Once removed, its place is where it comes back from. shown: the map shows the device there.
    changed: the track is another one now. */
export function removalCross(id: number, label: string, item: HTMLElement, shown: boolean, changed: () => void): HTMLButtonElement {
    const cross = iconButton(t('positionRemove', { time: label }), 'close', () => void take());
    const put = async (undo: HTMLButtonElement, note: HTMLElement): Promise<void> => {
        undo.disabled = true;
        const { ok, text } = await callApi('POST', pathOf(id, 'restore/'), {});
        if (ok) {
            note.replaceWith(item);
            cross.disabled = false;
            cross.focus();
            changed();
        } else {
            undo.disabled = false;
            toast(text);
        }
    };
    const take = async (): Promise<void> => {
        cross.disabled = true;
        const { ok, text } = await callApi('DELETE', `${pathOf(id)}?latest=before`);
        if (!ok) {
            cross.disabled = false;
            toast(text);
        } else if (shown) { // the device is elsewhere now
            tellNext(t('positionsRemoved', { n: 1 }), pathOf(id, 'restore/'));
            new BroadcastChannel(DEVICES_CHANGED).postMessage(null);
        } else {
            const undo = el('button', { type: 'button', class: 'button small' }, t('undo'));
            const note = el('li', { class: 'raw-gone' }, el('span', { role: 'status' }, t('positionRemoved', { time: label })), undo);
            undo.addEventListener('click', () => void put(undo, note));
            item.replaceWith(note);
            undo.focus();
            changed();
        }
    };
    return cross;
}

/** from, to: Unix seconds, inclusive. */
export function removalButton(device: { key: string; label: string }, from: number, to: number): HTMLButtonElement {
    const button = el('button', { type: 'button', class: 'button small danger' }, t('positionsRemove'));
    button.addEventListener('click', () => {
        const sure = el('button', { type: 'button', class: 'button danger' }, t('positionsRemoveNow'));
        const text = t('positionsRemoveText', { name: device.label, from: format.dateTime(from), to: format.dateTime(to) });
        const { close } = openWindow(t('positionsRemoveTitle'), [el('p', {}, text)], [sure]);
        sure.addEventListener('click', () => {
            sure.disabled = true;
            void remove(device.key, from, to).then(close);
        });
    });
    return button;
}
