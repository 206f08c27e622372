// Files that a script asks for: their password stands in the request's body, never in an address.
import { csrfToken } from './calls.ts';
import { isObject } from './model.ts';
import { t } from './texts.ts';

/** What a POST answers with, or why there is nothing. body: form fields, or else JSON. */
export async function fetchFile(path: string, body: URLSearchParams | object): Promise<Blob | string> {
    const isForm = body instanceof URLSearchParams;
    try {
        const answer = await fetch(path, {
            method: 'POST',
            headers: { 'X-CSRFToken': csrfToken(), ...(isForm ? {} : { 'Content-Type': 'application/json' }) },
            body: isForm ? body : JSON.stringify(body),
        });
        if (answer.ok) {
            return await answer.blob();
        }
        const why: unknown = await answer.json().catch(() => null);
        return isObject(why) && typeof why.error === 'string' ? why.error : t('requestFailed');
    } catch {
        return t('requestFailed');
    }
}

export function saveFile(blob: Blob, name: string): void {
    const url = URL.createObjectURL(blob);
    const link = document.createElement('a');
    link.href = url;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** base64 of a file's bytes. */
export async function base64(blob: Blob): Promise<string> {
    const bytes = new Uint8Array(await blob.arrayBuffer());
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
