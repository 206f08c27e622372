// Removing one's own positions of a time, for good.
import { query } from './api.ts';
import { el } from './dom.ts';
import * as format from './format.ts';
import { callApi, tellNext } from './forms.ts';
import { DEVICES_CHANGED, isObject } from './model.ts';
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
    tellNext(t('positionsRemoved', { n: isObject(body) && typeof body.removed === 'number' ? body.removed : 0 }));
    new BroadcastChannel(DEVICES_CHANGED).postMessage(null);
}

/** from, to: Unix seconds, inclusive. */
export function removalButton(device: { key: string; label: string }, from: number, to: number): HTMLButtonElement {
    const button = el('button', { type: 'button', class: 'button small danger' }, t('positionsRemove'));
    button.addEventListener('click', () => {
        const sure = el('button', { type: 'button', class: 'button danger' }, t('deleteForever'));
        const text = t('positionsRemoveText', { name: device.label, from: format.dateTime(from), to: format.dateTime(to) });
        const { close } = openWindow(t('positionsRemoveTitle'), [el('p', {}, text)], [sure]);
        sure.addEventListener('click', () => {
            sure.disabled = true;
            void remove(device.key, from, to).then(close);
        });
    });
    return button;
}
