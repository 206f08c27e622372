// What the data page shows of each table, and by what it can be narrowed.
import { el } from './dom.ts';
import * as format from './format.ts';
import { joined } from './joined.ts';
import { flag, instant, number, text, type Json } from './json.ts';
import { inWords, linkInWords, pastOf } from './limits.ts';
import { tag, when, type Column } from './parts.ts';
import { dayOf } from './past.ts';
import { t, type TextName } from './texts.ts';
import { mapAddress } from './urlstate.ts';

export type Cell = Node | string;
export type FilterName = 'device' | 'owner' | 'type' | 'event' | 'status' | 'online' | 'q' | 'from' | 'to';

interface DataColumn extends Column {
    cell: (row: Json) => Cell;
}
export interface DataTable {
    title: TextName;
    columns: DataColumn[];
    filters: FilterName[];
    /** All that match can be removed at once. */
    sweeps?: boolean;
    /** A row has more to show than fits the table. */
    opens?: boolean;
    /** What a row is called in questions. */
    label: (row: Json) => string;
}

const strong = (key: string) => (row: Json): Cell => el('strong', {}, text(row, key));
const plain = (key: string) => (row: Json): Cell => text(row, key);
const code = (key: string) => (row: Json): Cell => (text(row, key) === '' ? '' : el('code', {}, text(row, key)));
const time = (key: string) => (row: Json): Cell => (instant(row, key) === null ? '' : when(instant(row, key)));
const count = (key: string) => (row: Json): Cell => format.whole(number(row, key) ?? 0);
const size = (row: Json): Cell => format.bytes(number(row, 'size') ?? 0);

function coordinates(row: Json): string {
    const lat = number(row, 'latitude'), lon = number(row, 'longitude');
    return lat === null || lon === null ? '' : format.coordinates(lat, lon);
}

/** The device's day on the map. */
function mapLink(row: Json): Cell {
    const at = instant(row, 'timestamp');
    if (at === null) {
        return coordinates(row);
    }
    return el('a', { href: mapAddress({ device: text(row, 'device'), day: dayOf(at) }) }, coordinates(row));
}

const measure = (key: string, write: (n: number) => string) => (row: Json): Cell => {
    const value = number(row, key);
    return value === null ? '' : write(value);
};

function eventTag(row: Json): Cell {
    const event = text(row, 'event');
    return event === 'enter' ? t('entered') : event === 'leave' ? t('left') : event;
}

const requestTags = { pending: ['', 'dataPending'], accepted: ['good', 'dataAccepted'], declined: ['warn', 'dataDeclined'] } as const;
export const requestStates = Object.entries(requestTags).map(([value, [, name]]) => [value, name] as const);

function requestTag(row: Json): Cell {
    const known = Object.entries(requestTags).find(([value]) => value === text(row, 'status'))?.[1];
    return known ? tag(known[0], known[1]) : text(row, 'status');
}

function ruleEvent(row: Json): Cell {
    const event = text(row, 'event');
    return event === 'enter' ? t('eventEnter') : event === 'leave' ? t('eventLeave') : event === 'any' ? t('eventAny') : event;
}

/** Of a limited share or a public link. */
const isArea = (row: Json): boolean => text(row, 'precision') !== 'exact';

function activeTag(row: Json): Cell {
    return flag(row, 'active') ? tag('good', 'shareActive') : instant(row, 'paused_at') !== null ? tag('warn', 'shareIsPaused') : tag('', 'shareOver');
}

/** Of the messages that are kept as they come: mqtt.md. */
export const messageTypes = ['beacon', 'card', 'cmd', 'configuration', 'dump', 'encrypted', 'lwt', 'request', 'status', 'steps', 'transition', 'waypoint', 'waypoints'];

export const tables = {
    devices: {
        title: 'devices',
        label: (row) => joined([text(row, 'owner'), text(row, 'device_id')], '/'),
        filters: ['owner', 'online', 'q'],
        columns: [
            { name: 'device', cell: strong('device_id') },
            { name: 'deviceName', cell: plain('name') },
            { name: 'dataOwner', cell: (row) => text(row, 'owner') || el('span', { class: 'muted' }, t('dataNobody')) },
            { name: 'state', cell: (row) => (flag(row, 'is_online') ? tag('good', 'online') : '') },
            { name: 'positions', cell: count('positions') },
            { name: 'lastSeen', cell: time('last_seen') },
            { name: 'dataCreated', cell: time('created_at') },
        ],
    },
    locations: {
        title: 'positions',
        label: (row) => `${text(row, 'device')}, ${coordinates(row)}`,
        filters: ['device', 'from', 'to'],
        sweeps: true,
        columns: [
            { name: 'device', cell: strong('device') },
            { name: 'dataTime', cell: time('timestamp') },
            { name: 'position', cell: mapLink },
            { name: 'dataAccuracy', cell: measure('accuracy', (n) => format.distance(n)) },
            { name: 'dataSpeed', cell: measure('velocity', (n) => format.speed(n)) },
            { name: 'dataBattery', cell: measure('battery', format.percentage) },
            { name: 'dataVia', cell: plain('via') },
            { name: 'address', cell: code('address') },
            { name: 'dataReceived', cell: time('received_at') },
        ],
    },
    messages: {
        title: 'messages',
        label: (row) => `${text(row, 'type')}, ${text(row, 'device')}`,
        filters: ['device', 'type', 'from', 'to'],
        sweeps: true,
        opens: true,
        columns: [
            { name: 'device', cell: strong('device') },
            { name: 'dataType', cell: code('type') },
            { name: 'dataReceived', cell: time('received_at') },
            { name: 'address', cell: code('address') },
            { name: 'databaseSize', cell: size },
            { name: 'dataPayload', cell: (row) => el('code', { class: 'excerpt' }, text(row, 'payload')) },
        ],
    },
    transitions: {
        title: 'transitions',
        label: (row) => `${text(row, 'device')}, ${text(row, 'place')}`,
        filters: ['device', 'event', 'from', 'to'],
        columns: [
            { name: 'device', cell: strong('device') },
            { name: 'what', cell: eventTag },
            { name: 'place', cell: plain('place') },
            { name: 'dataTime', cell: time('timestamp') },
            { name: 'position', cell: mapLink },
            { name: 'dataReceived', cell: time('received_at') },
        ],
    },
    geofences: {
        title: 'places',
        label: (row) => text(row, 'label'),
        filters: ['owner', 'q'],
        columns: [
            { name: 'placeName', cell: strong('label') },
            { name: 'dataOwner', cell: plain('owner') },
            { name: 'position', cell: coordinates },
            { name: 'dataRadius', cell: measure('radius', (n) => format.distance(n)) },
            { name: 'state', cell: (row) => (flag(row, 'is_active') ? '' : tag('', 'ruleOff')) },
            { name: 'dataCreated', cell: time('created_at') },
        ],
    },
    quarantine: {
        title: 'quarantine',
        label: (row) => joined([text(row, 'username'), text(row, 'topic')], ', '),
        filters: ['q', 'from', 'to'],
        sweeps: true,
        opens: true,
        columns: [
            { name: 'dataReceived', cell: time('received_at') },
            { name: 'dataReason', cell: strong('reason') },
            { name: 'dataVia', cell: plain('via') },
            { name: 'username', cell: plain('username') },
            { name: 'topic', cell: code('topic') },
            { name: 'databaseSize', cell: size },
            { name: 'dataPayload', cell: (row) => el('code', { class: 'excerpt' }, text(row, 'raw')) },
        ],
    },
    rules: {
        title: 'mailRules',
        label: (row) => text(row, 'email'),
        filters: ['owner', 'q'],
        columns: [
            { name: 'dataOwner', cell: strong('owner') },
            { name: 'what', cell: ruleEvent },
            { name: 'place', cell: (row) => text(row, 'place') || t('anyPlace') },
            { name: 'email', cell: plain('email') },
            { name: 'state', cell: (row) => (flag(row, 'is_active') ? '' : tag('', 'ruleOff')) },
            { name: 'dataCreated', cell: time('created_at') },
        ],
    },
    profiles: {
        title: 'dataProfiles',
        label: (row) => text(row, 'owner'),
        filters: ['owner', 'q'],
        columns: [
            { name: 'username', cell: strong('owner') },
            { name: 'homePlace', cell: plain('label') },
            { name: 'position', cell: coordinates },
            { name: 'dataCreated', cell: time('created_at') },
            { name: 'dataChanged', cell: time('updated_at') },
        ],
    },
    requests: {
        title: 'dataRequests',
        label: (row) => `${text(row, 'from_user')} → ${text(row, 'to_user')}`,
        filters: ['status', 'q'],
        columns: [
            { name: 'dataFrom', cell: strong('from_user') },
            { name: 'dataTo', cell: strong('to_user') },
            { name: 'state', cell: requestTag },
            { name: 'dataCreated', cell: time('created_at') },
            { name: 'dataChanged', cell: time('updated_at') },
        ],
    },
    shares: {
        title: 'dataShares',
        label: (row) => `${text(row, 'device')} → ${text(row, 'shared_with')}`,
        filters: ['q'],
        columns: [
            { name: 'device', cell: strong('device') },
            { name: 'dataSharedWith', cell: plain('shared_with') },
            { name: 'dataCreated', cell: time('created_at') },
        ],
    },
    limits: {
        title: 'dataLimits',
        label: (row) => `${text(row, 'device')} → ${text(row, 'shared_with')}`,
        filters: ['owner', 'q'],
        columns: [
            { name: 'device', cell: strong('device') },
            { name: 'dataSharedWith', cell: plain('shared_with') },
            { name: 'dataSeen', cell: (row) => inWords({ area: isArea(row), past: pastOf(row.history), since: instant(row, 'since'), expiresAt: instant(row, 'expires_at') }) },
            { name: 'state', cell: activeTag },
            { name: 'dataCreated', cell: time('created_at') },
        ],
    },
    links: {
        title: 'links',
        label: (row) => joined([text(row, 'device'), text(row, 'label')], ', '),
        filters: ['owner', 'q'],
        columns: [
            { name: 'device', cell: strong('device') },
            { name: 'dataOwner', cell: plain('owner') },
            { name: 'linkLabel', cell: plain('label') },
            { name: 'dataSeen', cell: (row) => linkInWords({ area: isArea(row), trail: flag(row, 'trail'), expiresAt: instant(row, 'expires_at') }) },
            { name: 'state', cell: activeTag },
            { name: 'dataCreated', cell: time('created_at') },
            { name: 'dataUsed', cell: (row) => when(instant(row, 'used_at')) },
        ],
    },
} satisfies Record<string, DataTable>;

export type TableName = keyof typeof tables;
export const tableNames = Object.keys(tables) as TableName[];
export const tableOf = (name: TableName): DataTable => tables[name];
