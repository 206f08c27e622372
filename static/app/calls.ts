// Requests that change something, and what the server says to them.
import { isObject } from './model.ts';
import { said, t } from './texts.ts';

export const csrfToken = (): string => document.querySelector<HTMLInputElement>('input[name=csrfmiddlewaretoken]')?.value ?? '';

export interface Answer {
    ok: boolean;
    /** What the server says: the reason, or that it is done. */
    text: string;
    body: unknown;
}

function sentence(body: unknown): string {
    for (const key of ['error', 'detail']) {
        const text = isObject(body) ? body[key] : undefined;
        if (typeof text === 'string') {
            return said(text);
        }
    }
    return '';
}

async function send(path: string, init: RequestInit): Promise<Answer> {
    try {
        const answer = await fetch(path, init);
        const text = await answer.text();
        const body: unknown = text === '' ? null : JSON.parse(text);
        const ok = answer.ok && !(isObject(body) && body.ok === false);
        return { ok, text: sentence(body) || (ok ? t('done') : t('requestFailed')), body };
    } catch {
        return { ok: false, text: t('requestFailed'), body: null };
    }
}

/** A change by the REST API. */
export function callApi(method: string, path: string, body?: unknown): Promise<Answer> {
    return send(path, {
        method,
        keepalive: method === 'DELETE', // what is removed when the page is left
        headers: { 'Content-Type': 'application/json', 'X-CSRFToken': csrfToken(), Accept: 'application/json' },
        body: body === undefined ? null : JSON.stringify(body),
    });
}

/** Of a device in the REST API, one's own if no owner is given: others may have one of the same id. */
export function devicePath(deviceId: string, part: string, owner = document.body.dataset.username ?? ''): string {
    return `/api/devices/${encodeURIComponent(deviceId)}/${part}/?owner=${encodeURIComponent(owner)}`;
}

/** A form's fields to a page that answers with JSON. */
export function postForm(path: string, fields: Record<string, string>): Promise<Answer> {
    return send(path, { method: 'POST', headers: { 'X-CSRFToken': csrfToken() }, body: new URLSearchParams(fields) });
}
