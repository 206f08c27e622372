// Histories from files of other programs.
import { query } from './api.ts';
import { callApi, csrfToken } from './calls.ts';
import { byId, el, setText } from './dom.ts';
import * as format from './format.ts';
import { list, number, text, type Json } from './json.ts';
import { DEVICES_CHANGED, isObject } from './model.ts';
import { facts } from './parts.ts';
import { said, t } from './texts.ts';
import { mapAddress } from './urlstate.ts';

const POLL = 1000; // ms

interface Shown {
    place: HTMLElement;
    note: HTMLElement;
    bar: HTMLProgressElement;
}

function begin(): Shown {
    const note = el('p', { role: 'status' });
    const bar = el('progress', { max: '1', 'aria-label': t('importTitle') });
    const place = byId('import-result');
    place.replaceChildren(note, bar);
    return { place, note, bar };
}

function say(shown: Shown, share: number, words: string): void {
    shown.bar.value = share;
    setText(shown.note, words);
}

/** Sends the file; fetch() does not tell how much of a body is sent. */
function send(path: string, file: File, sent: (share: number) => void): Promise<{ ok: boolean; body: unknown }> {
    return new Promise((resolve) => {
        const request = new XMLHttpRequest();
        request.open('POST', path);
        request.setRequestHeader('Content-Type', 'application/octet-stream');
        request.setRequestHeader('X-CSRFToken', csrfToken());
        request.setRequestHeader('Accept', 'application/json');
        request.upload.addEventListener('progress', (event) => sent(event.loaded / file.size));
        request.addEventListener('loadend', () => {
            let body: unknown = null;
            try {
                body = JSON.parse(request.responseText);
            } catch {
                // no answer of ours
            }
            resolve({ ok: request.status === 200, body });
        });
        request.send(file);
    });
}

async function newest(): Promise<Json | null> {
    const { ok, body } = await callApi('GET', '/api/imports/');
    return (ok && isObject(body) ? list(body, 'results')[0] : undefined) ?? null;
}

function sayRunning(shown: Shown, row: Json): void {
    const size = number(row, 'size') ?? 0;
    say(shown, size > 0 ? (number(row, 'done') ?? 0) / size : 0,
        t('importReading', { n: number(row, 'found') ?? 0, stored: format.whole(number(row, 'stored') ?? 0) }));
}

function reasons(row: Json): HTMLElement {
    return el('ul', {}, ...list(row, 'report').map((one) => {
        const [line, why] = [number(one, 'line') ?? 0, said(text(one, 'why'))];
        return el('li', {}, line > 0 ? t('importLine', { line, why }) : why);
    }));
}

function finish(shown: Shown, row: Json): void {
    const key = `${text(row, 'owner')}/${text(row, 'device_id')}`;
    const ended = { name: text(row, 'name'), device: text(row, 'device_id') };
    const count = (name: string): string => format.whole(number(row, name) ?? 0);
    setText(shown.note, t(text(row, 'state') === 'done' ? 'importDone' : 'importStopped', ended));
    shown.place.replaceChildren(shown.note, facts([
        ['importFound', count('found')], ['importStored', count('stored')], ['importKnown', count('known')], ['importRefused', count('refused')],
    ]), ...(list(row, 'report').length > 0 ? [reasons(row)] : []),
        el('p', {}, el('a', { class: 'button', href: mapAddress({ device: key }) }, t('importLook'))));
    new BroadcastChannel(DEVICES_CHANGED).postMessage(null);
}

function fail(shown: Shown, why: string): void {
    shown.place.replaceChildren(el('p', { class: 'message bad', role: 'alert' }, why));
}

/** Tells how far the newest import is until `ended` says that this is known. */
function watch(shown: Shown, ended: () => boolean): void {
    setTimeout(() => void newest().then((row) => {
        if (!ended()) {
            if (row && text(row, 'state') === 'running') {
                sayRunning(shown, row);
            }
            watch(shown, ended);
        }
    }), POLL);
}

async function start(device: string, file: File): Promise<void> {
    const shown = begin();
    let [watched, ended] = [false, false];
    const answer = await send(`/api/imports/?${query({ device, name: file.name })}`, file, (share) => {
        if (share < 1) {
            say(shown, share, t('importSending', { percent: format.percentage(Math.floor(share * 100)) }));
        } else if (!watched) {
            watched = true;
            watch(shown, () => ended);
        }
    });
    ended = true;
    const body = isObject(answer.body) ? answer.body : {};
    if (answer.ok) {
        finish(shown, body);
    } else {
        fail(shown, said(text(body, 'error') || text(body, 'detail')) || t('requestFailed'));
    }
}

/** One that began before this page did. */
async function resume(): Promise<void> {
    const row = await newest();
    if (row && text(row, 'state') === 'running') {
        const shown = begin();
        const again = async (): Promise<void> => {
            const now = await newest();
            if (now && text(now, 'state') === 'running') {
                sayRunning(shown, now);
                setTimeout(() => void again(), POLL);
            } else if (now) {
                finish(shown, now);
            }
        };
        await again();
    }
}

export function startImports(): void {
    const form = byId<HTMLFormElement>('import-form');
    const submit = form.querySelector<HTMLButtonElement>('button[type=submit]');
    form.addEventListener('submit', (event) => {
        event.preventDefault();
        const file = byId<HTMLInputElement>('import-file').files?.[0];
        if (file && submit) {
            submit.disabled = true;
            void start(byId<HTMLInputElement>('import-device').value.trim(), file).finally(() => {
                submit.disabled = false;
            });
        }
    });
    void resume();
}
