// The answer of /api/admin/status/, every field checked. Unknown stays null, never 0.
import { flag, instant, list, number, part, text, type Json } from './json.ts';
import { isObject } from './model.ts';

export interface Program {
    version: string;
    uptime: number | null; // seconds
    memory: number | null; // bytes
    processes: number | null;
}
export interface Rate {
    total: number;
    five: { count: number; bytes: number };
    sixty: { count: number; bytes: number };
}
export interface Listener { port: number; open: boolean; certificate: { name: string; fingerprint: string; until: number | null } | null }
export interface LogLine { at: number | null; level: string; program: string; text: string }
export interface Fault { at: number | null; text: string }
export interface Client {
    user: string; id: string; device: string; address: string;
    websocket: boolean; certificate: boolean;
    version: number | null;
    since: number | null;
    lastMessage: number | null;
    messages: number;
}
export interface Trouble { at: number; kind: string; why: string; user: string; address: string; id: string; topic: string; times: number }
export interface Certificate { kind: string; name: string; until: number | null; daysLeft: number }
export interface Way { waiting: number; retrying: number; givenUp: number; sent: number; lastError: string }
export interface SignIn { user: string; ok: boolean; times: number; address: string; agent: string; way: string; at: number | null }
export interface Item {
    id: number; way: string; kind: string; user: string; recipient: string;
    created: number | null; due: number | null; finished: number | null;
    attempts: number; givenUp: boolean; error: string;
}
export interface Status {
    now: number | null;
    web: Program | null;
    nginx: Program | null;
    agent: (Program & {
        brokerConnected: boolean; brokerVersion: string; listeners: number; read: Rate; stored: Rate;
        repeated: number; dropped: number; quarantined: number; fault: Fault | null; tlsFault: Fault | null;
        /** null: MQTT over TLS is switched off. */
        listener: Listener | null;
    }) | null;
    broker: (Program & { received: Rate; connected: number; clients: Client[]; troubles: Trouble[]; fault: Fault | null }) | null;
    spool: { bytes: number; records: number; more: boolean } | null;
    database: Record<string, number> & { oldest: number; newest: number; received: number }; // times: 0 for none
    certificates: Certificate[];
    mail: Way;
    webhook: Way;
    news: Way;
    items: Item[];
    delivered: Item[];
    signins: SignIn[];
    log: LogLine[] | null;
}

const count = (row: Json, key: string): number => number(row, key) ?? 0;

function program(row: Json): Program {
    return { version: text(row, 'version'), uptime: number(row, 'uptime'), memory: number(row, 'memory'), processes: number(row, 'processes') };
}

function rate(row: Json, key: string): Rate {
    const whole = part(row, key) ?? {};
    const window = (name: string): { count: number; bytes: number } => {
        const one = part(whole, name) ?? {};
        return { count: count(one, 'count'), bytes: count(one, 'bytes') };
    };
    return { total: count(whole, 'total'), five: window('minutes_5'), sixty: window('minutes_60') };
}

function fault(row: Json, key: string): Fault | null {
    const one = part(row, key);
    return one && { at: instant(one, 'at'), text: text(one, 'text') };
}

function way(outbox: Json, key: string): Way {
    const one = part(outbox, key) ?? {};
    return {
        waiting: count(one, 'waiting'), retrying: count(one, 'retrying'), givenUp: count(one, 'given_up'),
        sent: count(one, 'sent'), lastError: text(one, 'last_error'),
    };
}

const client = (row: Json): Client => ({
    user: text(row, 'user'), id: text(row, 'client_id'), device: text(row, 'device'), address: text(row, 'address'),
    websocket: flag(row, 'websocket'), certificate: flag(row, 'certificate'), version: number(row, 'version'),
    since: instant(row, 'since'), lastMessage: instant(row, 'last_message'), messages: count(row, 'messages'),
});

const item = (row: Json): Item => ({
    id: count(row, 'id'), way: text(row, 'way'), kind: text(row, 'kind'), user: text(row, 'user'),
    recipient: text(row, 'recipient'), created: instant(row, 'created_at'), due: instant(row, 'due_at'), finished: instant(row, 'finished_at'),
    attempts: count(row, 'attempts'), givenUp: flag(row, 'given_up'), error: text(row, 'error'),
});

function listenerOf(agent: Json): Listener | null {
    const row = part(agent, 'tls');
    const shown = row && part(row, 'certificate');
    return row && {
        port: count(row, 'port'), open: flag(row, 'open'),
        certificate: shown && { name: text(shown, 'name'), fingerprint: text(shown, 'fingerprint'), until: instant(shown, 'not_after') },
    };
}

function agentOf(body: Json): Status['agent'] {
    const row = part(body, 'agent');
    return row && {
        ...program(row), brokerConnected: flag(row, 'broker_connected'), brokerVersion: text(row, 'broker_version'),
        listeners: count(row, 'live_sockets'), read: rate(row, 'read'), stored: rate(row, 'stored'),
        repeated: count(row, 'repeated'), dropped: count(row, 'dropped'), quarantined: count(row, 'quarantined'),
        fault: fault(row, 'last_error'), tlsFault: fault(row, 'tls_error'), listener: listenerOf(row),
    };
}

/** Latest first. */
function troublesOf(row: Json): Trouble[] {
    return list(row, 'troubles').map((one) => ({
        at: instant(one, 'at') ?? 0, kind: text(one, 'kind'), why: text(one, 'why'), user: text(one, 'user'), address: text(one, 'address'),
        id: text(one, 'client_id'), topic: text(one, 'topic'), times: count(one, 'times'),
    })).sort((a, b) => b.at - a.at);
}

function brokerOf(body: Json): Status['broker'] {
    const row = part(body, 'broker');
    return row && {
        ...program(row), received: rate(row, 'received'), connected: count(row, 'connected'),
        clients: list(row, 'clients').map(client), troubles: troublesOf(row), fault: fault(row, 'last_error'),
    };
}

function databaseOf(body: Json): Status['database'] {
    const row = part(body, 'database') ?? {};
    const numbers = Object.fromEntries(Object.keys(row).map((key) => [key, count(row, key)]));
    return {
        ...numbers, oldest: instant(row, 'oldest') ?? 0, newest: instant(row, 'newest') ?? 0,
        received: instant(row, 'last_received') ?? 0,
    };
}

/** null: not a status. */
export function parseStatus(body: unknown): Status | null {
    if (!isObject(body) || !isObject(body.database)) {
        return null;
    }
    const [web, nginx, spool] = [part(body, 'web'), part(body, 'nginx'), part(body, 'spool')];
    const outbox = part(body, 'outbox') ?? {};
    return {
        now: instant(body, 'now'),
        web: web && program(web),
        nginx: nginx && program(nginx),
        agent: agentOf(body),
        broker: brokerOf(body),
        spool: spool && { bytes: count(spool, 'bytes'), records: count(spool, 'records'), more: flag(spool, 'more') },
        database: databaseOf(body),
        certificates: list(body, 'certificates').map((row) => ({
            kind: text(row, 'kind'), name: text(row, 'name'), until: instant(row, 'not_after'), daysLeft: count(row, 'days_left'),
        })),
        mail: way(outbox, 'mail'),
        webhook: way(outbox, 'webhook'),
        news: way(outbox, 'news'),
        items: list(outbox, 'items').map(item),
        delivered: list(outbox, 'delivered').map(item),
        signins: list(body, 'signins').map((row) => ({
            user: text(row, 'user'), ok: flag(row, 'ok'), times: count(row, 'times'), address: text(row, 'address'), agent: text(row, 'agent'), way: text(row, 'way'), at: instant(row, 'at'),
        })),
        log: Array.isArray(body.log) ? list(body, 'log').map((row) => ({
            at: instant(row, 'at'), level: text(row, 'level'), program: text(row, 'program'), text: text(row, 'text'),
        })) : null,
    };
}

const SOON = 30; // days
const LITTLE_DISK = 500e6; // bytes

export type Alert = 'alertTls' | 'alertAgent' | 'alertBroker' | 'alertDisk' | 'alertCertificates' | 'alertOutbox';

/** What somebody should look at. */
export function alerts(status: Status): Alert[] {
    const disk = status.database.disk_free ?? 0;
    const found: [Alert, boolean][] = [
        ['alertAgent', status.agent === null],
        ['alertBroker', status.agent !== null && status.broker === null],
        ['alertTls', Boolean(status.agent?.listener?.certificate) && status.agent?.listener?.open === false],
        ['alertDisk', disk > 0 && disk < LITTLE_DISK],
        ['alertCertificates', status.certificates.some(({ daysLeft }) => daysLeft < SOON)],
        ['alertOutbox', status.mail.givenUp + status.mail.retrying + status.webhook.givenUp + status.webhook.retrying + status.news.givenUp + status.news.retrying > 0],
    ];
    return found.filter(([, is]) => is).map(([name]) => name);
}
