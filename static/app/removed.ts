// What was removed lately, positions and places: to bring back, or to delete for good at once.
import { ask } from './ask.ts';
import { callApi } from './calls.ts';
import { el } from './dom.ts';
import { restorePositions } from './done.ts';
import * as format from './format.ts';
import { instant, list, number, text, type Json } from './json.ts';
import { isObject } from './model.ts';
import { button } from './parts.ts';
import { t } from './texts.ts';
import { toast } from './toast.ts';

export type Kind = 'positions' | 'places';

interface Host {
    place: HTMLElement;
    kinds: readonly Kind[];
    /** Staff, and all of it is to be seen: whose it was is told. */
    everybody: boolean;
    changed(): void;
}

/** What can come back. */
interface Kept {
    what: string;
    path: string; // in the API
    removedAt: number; // Unix seconds
    until: number;
    /** Told. */
    back(): Promise<boolean>;
    warning: string; // before it is deleted for good
    gone(n: number): string;
}

const times = (row: Json): Pick<Kept, 'removedAt' | 'until'> => ({ removedAt: instant(row, 'removed_at') ?? 0, until: instant(row, 'kept_until') ?? 0 });

function positions(row: Json, everybody: boolean): Kept {
    const path = `/api/removed/${number(row, 'id') ?? 0}/`;
    const moment = (key: string): string => format.dateTime(instant(row, key) ?? 0);
    const device = everybody && text(row, 'owner') !== '' ? `${text(row, 'owner')}/${text(row, 'device_id')}` : text(row, 'device_id');
    const n = number(row, 'count') ?? 0;
    return {
        ...times(row), path, what: t('removedRow', { n, device, from: moment('first'), to: moment('last') }),
        back: () => restorePositions(`${path}restore/`, toast),
        warning: t('forgetText', { n, device }), gone: (gone) => t('forgotten', { n: gone }),
    };
}

function place(row: Json, everybody: boolean): Kept {
    const path = `/api/removed/places/${number(row, 'id') ?? 0}/`;
    const [name, n] = [everybody ? `${text(row, 'label')} (${text(row, 'owner')})` : text(row, 'label'), number(row, 'rules') ?? 0];
    return {
        ...times(row), path, what: n > 0 ? t('removedPlaceRules', { name, n }) : t('removedPlace', { name }),
        back: async () => {
            const { ok, text: why } = await callApi('POST', `${path}restore/`, {});
            toast(ok ? t('placeRestored', { name }) : why);
            return ok;
        },
        warning: t('forgetPlaceText', { name }), gone: () => t('placeForgotten', { name }),
    };
}

const KINDS: Record<Kind, { path: string; read: (row: Json, everybody: boolean) => Kept }> = {
    positions: { path: '/api/removed/', read: positions },
    places: { path: '/api/removed/places/', read: place },
};

async function forget({ path, warning, gone }: Kept, host: Host): Promise<void> {
    const sure = await ask({ title: t('forgetTitle'), text: warning, button: t('forget') });
    if (sure !== null) {
        const { ok, text: why, body } = await callApi('DELETE', path);
        toast(ok && isObject(body) ? gone(number(body, 'forgotten') ?? 0) : why);
        await read(host);
    }
}

async function restore(kept: Kept, host: Host, pressed: HTMLButtonElement): Promise<void> {
    pressed.disabled = true;
    if (await kept.back()) {
        host.changed();
    }
    await read(host);
}

function item(kept: Kept, host: Host): HTMLElement {
    const when = t('removedAt', { when: format.dateTime(kept.removedAt), until: format.dateTime(kept.until) });
    return el('li', { class: 'row' }, el('span', {}, kept.what), el('span', { class: 'muted' }, when),
        el('span', { class: 'button-row' },
            button(t('restore'), (pressed) => void restore(kept, host, pressed)), button(t('forget'), () => void forget(kept, host), 'danger')));
}

/** The last removed first, of all kinds. */
async function read(host: Host): Promise<void> {
    const answers = await Promise.all(host.kinds.map(async (kind) => {
        const { path, read: parse } = KINDS[kind];
        const { ok, text: why, body } = await callApi('GET', `${path}${host.everybody ? '' : '?mine=1'}`);
        return { why: ok ? '' : why, rows: ok && isObject(body) ? list(body, 'results').map((row) => parse(row, host.everybody)) : [] };
    }));
    const rows = answers.flatMap((answer) => answer.rows).sort((a, b) => b.removedAt - a.removedAt);
    const why = answers.map((answer) => answer.why).find((one) => one !== '');
    host.place.replaceChildren(rows.length === 0 ? el('p', { class: 'muted' }, why ?? t('removedNone'))
        : el('ul', { class: 'rows' }, ...rows.map((row) => item(row, host))));
}

/** Fills the place; the function that it returns reads again. */
export function showRemoved(place: HTMLElement, kinds: readonly Kind[], everybody: boolean, changed: () => void = () => undefined): () => void {
    const host = { place, kinds, everybody, changed };
    void read(host);
    return () => void read(host);
}
