// What was done is told on the page that comes after it: a form's answer is a redirect, and what the page shows is read again.
import { callApi } from './calls.ts';
import { number, objectOf } from './json.ts';
import { DEVICES_CHANGED } from './model.ts';
import { t } from './texts.ts';
import { toast } from './toast.ts';

const DONE_KEY = 'mytracks-done';
const UNDO_KEY = 'mytracks-undo';

/** undo: an address that brings removed positions back; it is offered beside the text. */
export function tellNext(text: string, undo?: string): void {
    sessionStorage.setItem(DONE_KEY, text);
    if (undo !== undefined) {
        sessionStorage.setItem(UNDO_KEY, undo);
    }
}

/** Removed positions come back; maps that are open, this page if it is one, are read anew. tell: here, or on the page that comes. */
export async function restorePositions(path: string, tell: (text: string) => void): Promise<boolean> {
    const { ok, text, body } = await callApi('POST', path, {});
    if (!ok) {
        toast(text);
        return false;
    }
    tell(t('positionsRestored', { n: number(objectOf(body), 'restored') ?? 0 }));
    new BroadcastChannel(DEVICES_CHANGED).postMessage(null);
    return true;
}

export function tellDone(): void {
    if (document.getElementById('toasts') === null) {
        return; // the next page tells it
    }
    const text = sessionStorage.getItem(DONE_KEY);
    const undo = sessionStorage.getItem(UNDO_KEY);
    sessionStorage.removeItem(DONE_KEY);
    sessionStorage.removeItem(UNDO_KEY);
    if (text !== null && document.querySelector('.message') === null) {
        toast(text, undo === null ? {} : { action: { label: t('undo'), run: () => void restorePositions(undo, tellNext) } });
    }
}
