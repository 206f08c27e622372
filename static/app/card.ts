// The card by which friends' apps show one: a name and a small picture.
import { callApi } from './calls.ts';
import { byId } from './dom.ts';
import { isObject } from './model.ts';
import { t } from './texts.ts';
import { toast } from './toast.ts';

const EDGE = 192; // pixels; what the apps advise
const FACE_MAX = 65536; // characters of base64 that the server takes

const pictureOf = (face: string): string => `data:image/${face.startsWith('iVBOR') ? 'png' : 'jpeg'};base64,${face}`;

/** The middle of a picture as a small JPEG, in base64. */
async function shrink(file: File): Promise<string> {
    const bitmap = await createImageBitmap(file);
    const canvas = new OffscreenCanvas(EDGE, EDGE);
    const edge = Math.min(bitmap.width, bitmap.height);
    canvas.getContext('2d', { willReadFrequently: true })?.drawImage(bitmap, (bitmap.width - edge) / 2, (bitmap.height - edge) / 2, edge, edge, 0, 0, EDGE, EDGE);
    for (let quality = 0.9; quality > 0.2; quality -= 0.2) {
        const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality });
        const bytes = new Uint8Array(await blob.arrayBuffer());
        const face = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
        if (face.length <= FACE_MAX) {
            return face;
        }
    }
    throw new Error('too big');
}

export function startCard(): void {
    const name = byId<HTMLInputElement>('card-name');
    const file = byId<HTMLInputElement>('card-file');
    const image = byId<HTMLImageElement>('card-face');
    let face: string | null = null;

    const show = (next: string | null): void => {
        face = next;
        image.hidden = next === null;
        image.src = next === null ? '' : pictureOf(next);
        byId('card-no-face').hidden = next === null;
    };
    void callApi('GET', '/api/account/card/').then(({ body }) => {
        if (isObject(body)) {
            name.value = typeof body.name === 'string' ? body.name : '';
            show(typeof body.face === 'string' ? body.face : null);
        }
    });
    file.addEventListener('change', () => {
        const chosen = file.files?.[0];
        if (chosen) {
            shrink(chosen).then(show, () => toast(t('cardBadPicture')));
        }
    });
    byId('card-no-face').addEventListener('click', () => {
        file.value = '';
        show(null);
    });
    byId<HTMLFormElement>('card-form').addEventListener('submit', (event) => {
        event.preventDefault();
        void callApi('PUT', '/api/account/card/', { name: name.value.trim(), face }).then(({ ok, text }) => {
            toast(ok ? t('cardSaved') : text);
        });
    });
}
