// The fields by which a table is narrowed.
import { callApi } from './calls.ts';
import { el } from './dom.ts';
import { text } from './json.ts';
import { isObject } from './model.ts';
import { messageTypes, requestStates, tableOf, type FilterName, type TableName } from './data-tables.ts';
import type { DataState } from './data-state.ts';
import { t, type TextName } from './texts.ts';

type Choice = readonly [value: string, label: string];

/** What people choose from: read once, when a table first needs it. */
async function readRows(path: string): Promise<Record<string, unknown>[]> {
    const { body } = await callApi('GET', path);
    const list = isObject(body) ? body.rows : body;
    return Array.isArray(list) ? list.filter(isObject) : [];
}

let users: Promise<string[]> | null = null;
let devices: Promise<string[]> | null = null;

export function userNames(): Promise<string[]> {
    users ??= readRows('/api/admin/users/').then((rows) => rows.map((row) => text(row, 'username')));
    return users;
}

function deviceNames(): Promise<string[]> {
    devices ??= readRows('/api/admin/data/devices/?limit=500')
        .then((rows) => rows.map(tableOf('devices').label));
    return devices;
}

const labels: Record<FilterName, TextName> = {
    device: 'device', owner: 'dataOwner', type: 'dataType', event: 'what', status: 'state', online: 'state', q: 'dataSearch', from: 'periodFrom', to: 'periodTo',
};

export function select(choices: readonly Choice[], chosen: string): HTMLSelectElement {
    const node = el('select', {}, ...choices.map(([value, label]) => el('option', { value }, label)));
    if (chosen !== '' && !choices.some(([value]) => value === chosen)) {
        node.append(el('option', { value: chosen }, chosen));
    }
    node.value = chosen;
    return node;
}

function input(type: string, value: string): HTMLInputElement {
    const node = el('input', { type, autocomplete: 'off', spellcheck: 'false' });
    node.value = value;
    return node;
}

async function control(table: TableName, name: FilterName, value: string): Promise<HTMLElement> {
    const all: Choice = ['', t('dataAll')];
    switch (name) {
        case 'owner':
            return select([all, ...(table === 'devices' ? [['-', t('dataNobody')] as const] : []), ...(await userNames()).map((user): Choice => [user, user])], value);
        case 'type':
            return select([all, ...messageTypes.map((type): Choice => [type, type])], value);
        case 'event':
            return select([all, ['enter', t('entered')], ['leave', t('left')]], value);
        case 'status':
            return select([all, ...requestStates.map(([state, name]): Choice => [state, t(name)])], value);
        case 'online':
            return select([all, ['true', t('online')], ['false', t('stateOffline')]], value);
        case 'device':
            return input('text', value);
        case 'q':
            return input('search', value);
        case 'from':
        case 'to':
            return input('datetime-local', value);
    }
}

async function deviceList(): Promise<HTMLDataListElement> {
    return el('datalist', { id: 'filter-devices' }, ...(await deviceNames()).map((name) => el('option', { value: name })));
}

/** Fills the form; show is called with what the fields say when it is sent. */
export async function drawFilters(form: HTMLFormElement, { table, filters }: DataState, show: (filters: DataState['filters']) => void): Promise<void> {
    const names = tableOf(table).filters;
    const fields = await Promise.all(names.map(async (name) => {
        const node = await control(table, name, filters[name] ?? '');
        node.id = `filter-${name}`;
        node.setAttribute('name', name);
        if (name === 'device') {
            node.setAttribute('list', 'filter-devices');
            return el('div', { class: 'field' }, el('label', { for: node.id }, t(labels[name])), node, await deviceList());
        }
        return el('div', { class: 'field' }, el('label', { for: node.id }, t(labels[name])), node);
    }));
    form.replaceChildren(...fields, el('button', { type: 'submit', class: 'button primary' }, t('periodShow')));
    form.onsubmit = (event) => {
        event.preventDefault();
        const values = new FormData(form);
        show(Object.fromEntries(names.map((name) => [name, String(values.get(name) ?? '').trim()]).filter(([, value]) => value !== '')));
    };
}
