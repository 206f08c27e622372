// What a phone needs for MQTT with TLS beside its settings: the authority's certificate and its own, with the key.
import { button } from './parts.ts';
import { el } from './dom.ts';
import { base64, fetchFile, saveFile } from './download.ts';
import { p12Name, type App, type Identity } from './otrc.ts';
import { makeSecret } from './secret.ts';
import { t, type TextName } from './texts.ts';
import { toast } from './toast.ts';

const PASSWORD_LENGTH = 20;
const TYPED_LENGTH = 12; // of one that somebody has to type on the phone
const AUTHORITY = '/profile/download-ca/';

/** One's own alone: the server looks who asks. */
const fetchP12 = (password: string) => fetchFile('/profile/download-cert/', new URLSearchParams({ p12_password: password }));

async function fetchAuthority(): Promise<Blob | null> {
    const answer = await fetch(AUTHORITY).catch(() => null);
    return answer?.ok ? answer.blob() : null;
}

/** null: it was told what is missing. */
export async function makeIdentity(app: App): Promise<Identity | null> {
    const password = makeSecret(app === 'android' ? TYPED_LENGTH : PASSWORD_LENGTH);
    if (app !== 'android24') {
        return { app, password };
    }
    const [p12, authority] = await Promise.all([fetchP12(password), fetchAuthority()]);
    if (typeof p12 === 'string' || authority === null) {
        toast(typeof p12 === 'string' ? p12 : t('requestFailed'));
        return null;
    }
    return { app, password, p12: await base64(p12), authority: await base64(authority) };
}

function p12Button(username: string, { app, password }: Identity): HTMLButtonElement {
    const name = p12Name(username, app);
    return button(t('phoneGetFile', { name }), (pressed) => {
        pressed.disabled = true;
        void fetchP12(password).then((file) => {
            pressed.disabled = false;
            if (typeof file === 'string') {
                toast(file);
            } else {
                saveFile(file, name);
            }
        });
    });
}

const step = (text: TextName, ...more: Node[]): HTMLElement => el('li', {}, el('p', {}, t(text)), ...more);

/** What has to be done by hand before the settings are loaded. */
export function importSteps(username: string, identity: Identity): HTMLElement[] {
    if (identity.app === 'android24') {
        return [el('p', {}, t('phoneOld'))];
    }
    const authority = el('a', { class: 'button small', href: AUTHORITY, download: true }, t('caDownload'));
    const ios = identity.app === 'ios';
    return [el('ol', { class: 'numbered' },
        step(ios ? 'phoneIosCa' : 'phoneAndroidCa', authority),
        step(ios ? 'phoneIosP12' : 'phoneAndroidP12', p12Button(username, identity), ...(ios ? [] : [el('p', {}, t('p12Password'), ': ', el('code', {}, identity.password))])),
        step(ios ? 'phoneIosSettings' : 'phoneAndroidSettings'))];
}
