// Who signed in under one's name lately, or tried to; and signing out everywhere else.
import { ask } from './ask.ts';
import { callApi } from './calls.ts';
import { byId, el } from './dom.ts';
import { flag, instant, number, text, type Json } from './json.ts';
import { isObject } from './model.ts';
import { table, tag, when } from './parts.ts';
import { t } from './texts.ts';
import { toast } from './toast.ts';
import { browserName } from './useragent.ts';

/** The state of an attempt, for the status page too. */
export function outcome(ok: boolean, times: number): HTMLElement {
    return ok ? tag('good', 'signInOk') : times > 1 ? tag('bad', 'signInFailedTimes', { n: times }) : tag('warn', 'signInFailed');
}

function row(one: Json): (Node | string)[] {
    const way = text(one, 'way') === 'http' ? t('signInPhone') : browserName(text(one, 'agent'));
    return [outcome(flag(one, 'ok'), number(one, 'times') ?? 1), when(instant(one, 'at')), text(one, 'address'), way];
}

async function show(place: HTMLElement): Promise<void> {
    const { ok, text: why, body } = await callApi('GET', '/api/account/signins/');
    const rows = ok && Array.isArray(body) ? body.filter(isObject).map(row) : [];
    place.replaceChildren(rows.length === 0 ? el('p', { class: 'muted' }, ok ? t('signInsNone') : why)
        : table([{ name: 'state' }, { name: 'when' }, { name: 'address' }, { name: 'browser' }], rows, t('signIns')));
}

async function endOthers(): Promise<void> {
    const sure = await ask({ title: t('endSessionsTitle'), text: t('endSessionsText'), button: t('endSessions') });
    if (sure !== null) {
        const { ok, text: why, body } = await callApi('POST', '/api/account/sign-out-everywhere/');
        toast(ok && isObject(body) ? t('endedSessions', { n: number(body, 'ended') ?? 0 }) : why);
    }
}

export function startSignIns(): void {
    void show(byId('signin-list'));
    byId('end-sessions').addEventListener('click', () => void endOthers());
}
