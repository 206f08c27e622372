// Which table, narrowed by what: the address of the data page, and what is asked of the server.
import { tableNames, tableOf, type FilterName, type TableName } from './data-tables.ts';

export interface DataState {
    table: TableName;
    filters: Partial<Record<FilterName, string>>;
}

const isTable = (name: string | null): name is TableName => tableNames.some((one) => one === name);

export function parseState(search: string): DataState {
    const query = new URLSearchParams(search);
    const named = query.get('table');
    const table: TableName = isTable(named) ? named : 'devices';
    const filters: DataState['filters'] = {};
    for (const name of tableOf(table).filters) {
        const value = query.get(name) ?? '';
        if (value !== '') {
            filters[name] = value;
        }
    }
    return { table, filters };
}

export function formatState({ table, filters }: DataState): string {
    return `?${new URLSearchParams({ table, ...filters }).toString()}`;
}

/** "2026-03-06T08:30" of a field, in the reader's zone → Unix seconds; null: no time. */
export function secondsOf(local: string): number | null {
    const ms = Date.parse(local);
    return Number.isFinite(ms) ? Math.floor(ms / 1000) : null;
}

/** The server's names. "-" stands for nobody as an owner. */
export function apiQuery({ filters }: DataState): URLSearchParams {
    const query = new URLSearchParams();
    const direct: [FilterName, string][] = [['device', 'device'], ['type', 'type'], ['event', 'type'], ['status', 'type'], ['online', 'online'], ['q', 'q']];
    for (const [name, parameter] of direct) {
        const value = filters[name];
        if (value !== undefined) {
            query.set(parameter, value);
        }
    }
    if (filters.owner !== undefined) {
        query.set(filters.owner === '-' ? 'unowned' : 'owner', filters.owner === '-' ? 'true' : filters.owner);
    }
    const from = secondsOf(filters.from ?? ''), to = secondsOf(filters.to ?? '');
    if (from !== null) {
        query.set('start_time', String(from));
    }
    if (to !== null) {
        query.set('end_time', String(to + 59)); // the whole minute
    }
    return query;
}
