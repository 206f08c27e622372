// What pages of forms share: the reader's language and times, slow forms, requests to the API.
import { byId, setText } from './dom.ts';
import * as format from './format.ts';
import { DEVICES_CHANGED, isObject } from './model.ts';
import { isTextName, said, t, translatePage } from './texts.ts';
import { watchRequests } from './requests.ts';
import { startThemeMenu } from './themechoice.ts';
import { toast } from './toast.ts';

/** Times that the server wrote in UTC, in the reader's zone and words. */
function localTimes(): void {
    for (const node of document.querySelectorAll<HTMLTimeElement>('time[datetime]')) {
        const at = Date.parse(node.dateTime);
        if (Number.isFinite(at)) {
            setText(node, format.dateTime(at / 1000));
            node.title = node.dateTime;
        }
    }
    for (const node of document.querySelectorAll('.times-zone')) {
        setText(node, t('timesZone', { zone: format.zoneAllYear() }));
    }
}

function ownUnits(): void {
    for (const node of document.querySelectorAll<HTMLDataElement>('data.metres')) {
        setText(node, format.distance(Number(node.value)));
    }
}

/** Making a key takes seconds: the button says so, and a second click does nothing. */
function slowForms(): void {
    for (const form of document.querySelectorAll<HTMLFormElement>('form.slow-form')) {
        form.addEventListener('submit', () => {
            const button = form.querySelector<HTMLButtonElement>('button[type=submit]');
            if (button) {
                button.setAttribute('aria-busy', 'true');
                setText(button, t('working'));
                setTimeout(() => (button.disabled = true));
            }
        });
    }
}

/** What must be typed as it is, in sign that it is meant; undefined: anything. */
function mustEqual(input: HTMLInputElement, text: string | undefined): void {
    const check = (): void => input.setCustomValidity(text === undefined || input.value.trim() === text ? '' : t('typeNameWrong', { name: text }));
    input.oninput = check;
    check();
}

function typedNames(): void {
    for (const input of document.querySelectorAll<HTMLInputElement>('input[data-equal]')) {
        mustEqual(input, input.dataset.equal);
    }
}

/** A part that the address names, or that holds what was refused, is open. */
function openNamed(): void {
    const named = location.hash === '' ? null : document.getElementById(location.hash.slice(1));
    if (named instanceof HTMLDetailsElement) {
        named.open = true;
    }
}

/** A change is told on the page that comes after it: a form's answer is a redirect, and what the page
    shows is read again. */
const DONE_KEY = 'mytracks-done';
const UNDO_KEY = 'mytracks-undo';

/** undo: an address that brings removed positions back; it is offered beside the text. */
export function tellNext(text: string, undo?: string): void {
    sessionStorage.setItem(DONE_KEY, text);
    if (undo !== undefined) {
        sessionStorage.setItem(UNDO_KEY, undo);
    }
}

/** Removed positions come back; maps that are open, this page if it is one, are read anew. */
export async function restorePositions(path: string): Promise<boolean> {
    const { ok, text, body } = await callApi('POST', path, {});
    if (!ok) {
        toast(text);
        return false;
    }
    tellNext(t('positionsRestored', { n: isObject(body) && typeof body.restored === 'number' ? body.restored : 0 }));
    new BroadcastChannel(DEVICES_CHANGED).postMessage(null);
    return true;
}

function doneForms(): void {
    for (const form of document.querySelectorAll<HTMLFormElement>('form[data-done]')) {
        const { done } = form.dataset;
        if (isTextName(done)) {
            form.addEventListener('submit', () => tellNext(t(done)));
        }
    }
}

export function tellDone(): void {
    const text = sessionStorage.getItem(DONE_KEY);
    const undo = sessionStorage.getItem(UNDO_KEY);
    sessionStorage.removeItem(DONE_KEY);
    sessionStorage.removeItem(UNDO_KEY);
    if (text !== null && document.querySelector('.message') === null) {
        toast(text, undo === null ? {} : { action: { label: t('undo'), run: () => void restorePositions(undo) } });
    }
}

export function startPage(): void {
    history.replaceState(null, '', location.href); // reloading the answer to a form does not send it again
    translatePage(document);
    localTimes();
    ownUnits();
    slowForms();
    typedNames();
    openNamed();
    doneForms();
    startThemeMenu();
    tellDone();
    watchRequests(null);
}

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

export interface Question {
    title: string;
    text: string;
    button: string;
    /** Asks for a text of that kind as well; equal: nothing else is taken. */
    input?: { label: string; type: string; minLength: number; equal?: string };
}

/** A dialog; null when it was left. Without an input the answer is "". */
export function ask(question: Question): Promise<string | null> {
    const dialog = byId<HTMLDialogElement>('ask');
    const input = byId<HTMLInputElement>('ask-input');
    const wanted = question.input;
    setText(byId('ask-title'), question.title);
    setText(byId('ask-text'), question.text);
    setText(byId('ask-ok'), question.button);
    setText(byId('ask-label'), wanted?.label ?? '');
    byId('ask-field').hidden = wanted === undefined;
    input.required = wanted !== undefined;
    input.type = wanted?.type ?? 'text';
    input.minLength = wanted?.minLength ?? 0;
    input.value = '';
    mustEqual(input, wanted?.equal);
    dialog.returnValue = '';
    dialog.showModal();
    return new Promise((resolve) => {
        dialog.addEventListener('close', () => resolve(dialog.returnValue === 'ok' ? input.value : null), { once: true });
    });
}
