// One's devices: their names and colours, and removing them.
import { api } from './api.ts';
import { ask } from './ask.ts';
import { battery } from './battery.ts';
import { callApi, devicePath } from './calls.ts';
import { palette } from './colours.ts';
import { el, whenOpen } from './dom.ts';
import { tellNext } from './done.ts';
import { DEVICES_CHANGED, isObject } from './model.ts';
import { tag } from './parts.ts';
import { t } from './texts.ts';
import { toast } from './toast.ts';

function swatches(device: string, chosen: string | null): HTMLElement {
    const group = el('fieldset', { class: 'swatches' }, el('legend', {}, t('deviceColour')));
    for (const colour of ['', ...palette]) {
        const radio = el('input', { type: 'radio', name: `colour-${device}`, value: colour });
        radio.checked = colour === (chosen ?? '');
        const patch = el('span', { class: colour === '' ? 'swatch automatic' : 'swatch' });
        if (colour !== '') {
            patch.style.background = colour;
        }
        group.append(el('label', {}, radio, patch, el('span', { class: colour === '' ? '' : 'visually-hidden' }, colour === '' ? t('colourAutomatic') : colour)));
    }
    return group;
}

async function remove(path: string, name: string): Promise<void> {
    const answer = await ask({ title: t('deviceRemoveTitle', { name }), text: t('deviceRemoveText'), button: t('deviceRemove') });
    if (answer === null) {
        return;
    }
    const { ok, text } = await callApi('DELETE', path);
    if (ok) {
        tellNext(t('deviceRemoved', { name }));
        location.reload();
    } else {
        toast(text);
    }
}

async function settingsForm(device: string, part: HTMLElement): Promise<void> {
    const path = devicePath(device, 'settings');
    const { ok, text, body } = await callApi('GET', path);
    if (!ok || !isObject(body)) {
        part.append(el('p', { class: 'muted', role: 'status' }, text));
        return;
    }
    const name = el('input', { id: `name-${device}`, type: 'text', maxlength: '200', autocomplete: 'off', placeholder: device });
    name.value = typeof body.name === 'string' ? body.name : '';
    const colours = swatches(device, typeof body.colour === 'string' ? body.colour : null);
    const gone = el('button', { type: 'button', class: 'button danger' }, t('deviceRemove'));
    const form = el('form', {},
        el('div', { class: 'field' }, el('label', { for: name.id }, t('deviceName')), name), colours,
        el('div', { class: 'button-row' }, el('button', { type: 'submit', class: 'button primary' }, t('save')), gone));
    gone.addEventListener('click', () => void remove(path, name.value.trim() || device));
    form.addEventListener('submit', (event) => {
        event.preventDefault();
        const colour = form.querySelector<HTMLInputElement>('.swatches input:checked')?.value ?? '';
        void callApi('PATCH', path, { name: name.value, colour: colour === '' ? null : colour }).then((answer) => {
            toast(answer.ok ? t('deviceSaved') : answer.text);
            new BroadcastChannel(DEVICES_CHANGED).postMessage(null);
            const title = part.parentElement?.querySelector('strong');
            if (answer.ok && title) {
                title.textContent = name.value.trim() || device;
            }
        });
    });
    part.append(form);
}

/** How each of them is now; without an answer the rows stay as they are. */
async function tellNow(parts: readonly HTMLDetailsElement[]): Promise<void> {
    const [devices, fixes] = await Promise.all([api.devices(), api.lastKnown()]);
    for (const part of parts) {
        const device = devices.find(({ deviceId, owner }) => deviceId === part.dataset.settingsOf && owner === document.body.dataset.username);
        const fix = fixes.find((one) => one.device === device?.id) ?? null;
        part.before(el('span', { class: 'device-now' }, device?.online ? tag('good', 'online') : null, battery(fix)));
    }
}

/** Each row of one's devices gets its part when it is opened. */
export function startDevices(): void {
    const parts = [...document.querySelectorAll<HTMLDetailsElement>('details[data-settings-of]')];
    if (parts.length > 0) {
        tellNow(parts).catch((error: unknown) => console.warn(error));
    }
    for (const part of parts) {
        whenOpen(part, () => void settingsForm(part.dataset.settingsOf ?? '', part));
    }
}
