// "What address is this?": asked when somebody wants to know, of this server alone.
import { callApi } from './calls.ts';
import { el } from './dom.ts';
import { isObject } from './model.ts';
import { t } from './texts.ts';

const POLL = 700; // ms
const PATIENCE = 20_000;

type Found = { text: string; known: boolean } | null; // null: it cannot be had

/** Whether the operator has named a service. */
export const isOffered = (): boolean => document.body.dataset.geocoder === '1';

async function find(lat: number, lon: number): Promise<Found> {
    for (const end = performance.now() + PATIENCE; performance.now() < end; await new Promise((go) => setTimeout(go, POLL))) {
        const { ok, body } = await callApi('POST', '/api/address/', { lat, lon });
        const state = ok && isObject(body) ? body.state : 'failed';
        if (state === 'known' && isObject(body)) {
            return typeof body.address === 'string' ? { text: body.address, known: true } : { text: t('addressNone'), known: false };
        }
        if (state !== 'waiting') {
            return null;
        }
    }
    return null;
}

/** A button that becomes the address; null: nobody is there to be asked. */
export function addressOf({ lat, lon }: { lat: number; lon: number }): HTMLElement | null {
    if (!isOffered()) {
        return null;
    }
    const button = el('button', { type: 'button', class: 'button small' }, t('addressAsk'));
    const answer = el('span', { role: 'status' });
    const box = el('p', { class: 'address' }, button, answer);
    button.addEventListener('click', () => {
        button.disabled = true;
        answer.textContent = t('addressAsking');
        void find(lat, lon).then((found) => {
            button.disabled = false;
            answer.textContent = found?.text ?? t('addressFailed');
            if (found) {
                button.remove();
            }
            if (found?.known) {
                box.append(el('small', { class: 'muted' }, t('addressCredit')));
            }
        });
    });
    return box;
}
