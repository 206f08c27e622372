// Encryption keys of one's devices: whether messages can be read, and setting the key that the app has.
import { callApi, devicePath } from './calls.ts';
import { el, setText, whenOpen } from './dom.ts';
import * as format from './format.ts';
import { isObject } from './model.ts';
import { makeSecret } from './secret.ts';
import { t } from './texts.ts';
import { toast } from './toast.ts';

const LONGEST = 32; // characters that the apps take

function stateText(body: unknown): string {
    if (!isObject(body) || typeof body.set !== 'boolean') {
        return '';
    }
    const count = (value: unknown): number => (typeof value === 'number' ? value : 0);
    const parts = [t(body.set ? 'keySet' : 'keyNone')];
    if (count(body.failed) > 0 && typeof body.failed_at === 'string') {
        parts.push(t('keyFailed', { n: count(body.failed), time: format.dateTime(Date.parse(body.failed_at) / 1000) }));
    }
    if (count(body.waiting) > 0) {
        parts.push(t('keyWaiting', { n: count(body.waiting) }));
    }
    if (count(body.opened) > 0) {
        parts.push(t('keyOpened', { n: count(body.opened) }));
    }
    return parts.join(' ');
}

function keyForm(device: string, box: HTMLElement): void {
    const path = devicePath(device, 'key');
    const state = el('p', { class: 'muted', role: 'status' });
    const input = el('input', { id: `key-${device}`, type: 'text', autocomplete: 'off', spellcheck: 'false', maxlength: String(LONGEST), pattern: '[ -~]+', required: true });
    const make = el('button', { type: 'button', class: 'button' }, t('keyMake'));
    const remove = el('button', { type: 'button', class: 'button' }, t('keyRemove'));
    const form = el('form', { class: 'inline-form' },
        el('div', { class: 'field' }, el('label', { for: input.id }, t('keyLabel')), input),
        el('div', { class: 'button-row' }, make, el('button', { type: 'submit', class: 'button primary' }, t('save')), remove));
    const show = (body: unknown): void => {
        setText(state, stateText(body));
        remove.hidden = !isObject(body) || body.set !== true;
    };
    const read = async (): Promise<void> => show((await callApi('GET', path)).body);
    make.addEventListener('click', () => (input.value = makeSecret(LONGEST)));
    remove.addEventListener('click', () => void callApi('DELETE', path).then(read));
    form.addEventListener('submit', (event) => {
        event.preventDefault();
        void callApi('PUT', path, { key: input.value }).then(({ ok, text, body }) => {
            toast(ok ? t('keySaved') : text);
            if (ok) {
                show(body);
            }
        });
    });
    box.append(state, form, el('p', { class: 'muted' }, t('keyHint')));
    void read();
}

/** Each row of one's devices gets its part when it is opened. */
export function startKeys(): void {
    for (const part of document.querySelectorAll<HTMLDetailsElement>('details[data-key-of]')) {
        whenOpen(part, () => keyForm(part.dataset.keyOf ?? '', part));
    }
}
