// How everything is: read again and again while somebody looks.
import { ask } from './ask.ts';
import { callApi } from './calls.ts';
import { byId, el, icon, setText } from './dom.ts';
import * as format from './format.ts';
import { startPage } from './forms.ts';
import { joined } from './joined.ts';
import { button, facts, scroller, table, tag, when } from './parts.ts';
import { outcome } from './signins.ts';
import { alerts, parseStatus, type Certificate, type Client, type Fault, type Item, type Program, type Rate, type Status, type Way } from './status-model.ts';
import { t, type TextName } from './texts.ts';
import { toast } from './toast.ts';
import { browserName } from './useragent.ts';

const EVERY = 5000; // ms

// ---- parts

function programRow(name: TextName, program: Program | null, down: 'stateDown' | 'stateUnknown', more = ''): (Node | string)[] {
    const processes = program?.processes ?? 1;
    return [
        el('strong', {}, t(name)),
        program ? tag('good', 'stateRuns') : tag(down === 'stateDown' ? 'bad' : '', down),
        program?.version || more,
        program === null || program.uptime === null ? '' : format.uptime(program.uptime),
        program === null || program.memory === null ? ''
            : processes > 1 ? t('memoryOf', { memory: format.bytes(program.memory), count: processes }) : format.bytes(program.memory),
    ];
}

function programs(status: Status): Node[] {
    const { web, agent, broker, nginx } = status;
    return [table([{ name: 'program' }, { name: 'state' }, { name: 'version' }, { name: 'runsFor' }, { name: 'memory' }], [
        programRow('programWeb', web, 'stateUnknown'),
        programRow('programAgent', agent, 'stateDown'),
        programRow('programBroker', broker, agent ? 'stateDown' : 'stateUnknown', agent?.brokerVersion),
        ...(nginx ? [programRow('programNginx', nginx, 'stateUnknown')] : []),
    ], t('programs'))];
}

function rateText(rate: Rate | undefined): string {
    return rate ? t('rate', {
        five: format.whole(rate.five.count), second: format.perSecond(rate.five.count / 300), sixty: format.whole(rate.sixty.count),
        bytes: format.bytes(rate.sixty.bytes),
    }) : t('stateUnknown');
}

function storedText(rate: Rate): string {
    return t('rateStored', { five: format.whole(rate.five.count), second: format.perSecond(rate.five.count / 300), sixty: format.whole(rate.sixty.count) });
}

const faultText = (fault: Fault | null | undefined): Node | string =>
    (fault ? el('span', {}, el('code', {}, fault.text), ' ', when(fault.at)) : t('none'));

function messages({ broker, agent, spool, database }: Status): Node[] {
    const waits = spool ? t('messagesOf', { n: spool.more ? `${format.whole(spool.records)}+` : spool.records, bytes: format.bytes(spool.bytes) }) : t('stateUnknown');
    return [facts([
        ['received', rateText(broker?.received)],
        ['stored', agent ? storedText(agent.stored) : t('stateUnknown')],
        ['spool', waits],
        ['sinceStart', agent ? t('sinceStartText', {
            repeated: format.whole(agent.repeated), dropped: format.whole(agent.dropped), quarantined: format.whole(agent.quarantined),
        }) : t('stateUnknown')],
        ['quarantine', t('messagesOf', {
            n: database.quarantine ?? 0, bytes: format.bytes(database.quarantine_bytes ?? 0),
        })],
        ['liveViewers', agent ? format.whole(agent.listeners) : t('stateUnknown')],
        ['lastErrorAgent', faultText(agent?.fault)],
        ['lastErrorBroker', faultText(broker?.fault)],
    ])];
}

/** The broker's port for TLS: without a certificate it stays closed, or (under systemd) lets nobody in. */
function listener({ agent }: Status): Node[] {
    const tls = agent?.listener;
    if (!agent || !tls) {
        return [el('p', { class: 'muted' }, t(agent ? 'tlsOff' : 'stateUnknown'))];
    }
    const shown = tls.certificate;
    return [facts([
        ['tlsPort', el('span', { class: 'tags' }, `${tls.port} `, tls.open ? tag('good', 'tlsOpen') : tag(shown ? 'bad' : '', 'tlsClosed'))],
        ['tlsCertificate', shown ? el('strong', {}, shown.name) : el('a', { href: '/admin-panel/start/#tls-step' }, t('tlsNoCertificate'))],
        ...(shown ? [['certUntil', when(shown.until)], ['certFingerprint', el('code', { class: 'fingerprint' }, shown.fingerprint)]] as [TextName, Node | string][] : []),
        ['lastTlsError', faultText(agent.tlsFault)],
    ])];
}

function protocol(client: Client): Node {
    const names: Record<number, string> = { 3: 'MQTT 3.1', 4: 'MQTT 3.1.1', 5: 'MQTT 5' };
    return el('span', { class: 'tags' }, `${names[client.version ?? 0] ?? 'MQTT'} `, client.certificate ? tag('good', 'viaTls') : null,
        client.websocket ? tag('', 'viaWebsocket') : null);
}

function clients({ broker, now }: Status): Node[] {
    if (!broker) {
        return [el('p', { class: 'muted' }, t('stateUnknown'))];
    }
    if (broker.connected === 0) {
        return [el('p', { class: 'muted' }, t('clientsNone'))];
    }
    const rows = broker.clients.map((client) => [
        el('strong', {}, client.user), client.device, el('code', {}, client.id), client.address, protocol(client), when(client.since, now),
        client.lastMessage === null ? t('never') : when(client.lastMessage, now),
    ]);
    return [
        table([{ name: 'username' }, { name: 'device' }, { name: 'clientId' }, { name: 'address' }, { name: 'protocol' },
            { name: 'connectedSince' }, { name: 'lastMessage' }], rows, t('clients')),
        ...(broker.connected > rows.length ? [el('p', { class: 'muted' }, t('clientsMore', { n: broker.connected }))] : []),
    ];
}

function refused({ broker, now }: Status): Node[] {
    const rows = (broker?.troubles ?? []).map(({ at, kind, why, user, address, id, topic, times }) => [
        el('strong', {}, user), tag('warn', kind === 'publish' ? 'refusedMessage' : 'refusedLogin'), el('span', {}, why, topic === '' ? null : el('code', {}, ` ${topic}`)),
        address, el('code', {}, id), when(at, now), format.whole(times),
    ]);
    return rows.length === 0 ? [el('p', { class: 'muted' }, t('refusedNone'))]
        : [table([{ name: 'username' }, { name: 'what' }, { name: 'dataReason' }, { name: 'address' }, { name: 'clientId' }, { name: 'when' }, { name: 'timesLabel' }], rows, t('refused'))];
}

function database({ database: d }: Status): Node[] {
    const counted = (key: string): string =>
        (d[key] ?? 0) >= (d.counted_to ?? Infinity) ? t('atLeast', { count: format.whole(d[key] ?? 0) }) : format.whole(d[key] ?? 0);
    return [facts([
        ['databaseSize', t('databaseSizeText', { file: format.bytes(d.file ?? 0), wal: format.bytes(d.wal ?? 0) })],
        ['diskFree', t('diskFreeText', { free: format.bytes(d.disk_free ?? 0), size: format.bytes(d.disk_size ?? 0) })],
        ['positions', format.whole(d.locations ?? 0)],
        ['oldestNewest', d.oldest > 0 ? el('span', {}, when(d.oldest), ' – ', when(d.newest)) : t('none')],
        ['lastReceived', d.received > 0 ? when(d.received) : t('never')],
        ['users', format.whole(d.users ?? 0)],
        ['devices', format.whole(d.devices ?? 0)],
        ['messagesStored', counted('messages')],
        ['transitions', counted('transitions')],
        ['places', counted('places')],
    ])];
}

function certificateRow(one: Certificate): (Node | string)[] {
    const kinds: Record<string, TextName> = { authority: 'certAuthority', server: 'certServer', user: 'certUser' };
    const state = one.daysLeft < 0 ? tag('bad', 'certExpired') : one.daysLeft < 30 ? tag('warn', 'certDaysLeft', { n: one.daysLeft }) : tag('good', 'certActive');
    return [t(kinds[one.kind] ?? 'certUser'), el('strong', {}, one.name), when(one.until), state];
}

function certificates(status: Status): Node[] {
    return status.certificates.length === 0 ? [el('p', { class: 'muted' }, t('certificatesNone'))]
        : [table([{ name: 'certKind' }, { name: 'certName' }, { name: 'certUntil' }, { name: 'state' }], status.certificates.map(certificateRow), t('pkiShort'))];
}

// ---- outbox

async function deed(method: string, path: string, pressed: HTMLButtonElement): Promise<void> {
    pressed.disabled = true;
    const { ok, text } = await callApi(method, path);
    toast(ok ? t('done') : text);
    await refresh();
}

async function drop(item: Item, pressed: HTMLButtonElement): Promise<void> {
    const sure = await ask({ title: t('outboxDropTitle'), text: t('outboxDropText'), button: t('delete') });
    if (sure !== null) {
        await deed('DELETE', `/api/admin/outbox/${item.id}/`, pressed);
    }
}

const kinds: Record<string, TextName> = { transition: 'kindTransition', friend: 'kindFriend', test: 'kindTest', position: 'kindPosition', rule: 'kindRule' };
const ways: Record<string, TextName> = { mail: 'mail', webhook: 'webhook', news: 'ruleNews' };

function itemRow(item: Item): (Node | string)[] {
    const retry = button(t('retryNow'), (pressed) => void deed('POST', `/api/admin/outbox/${item.id}/retry/`, pressed));
    const remove = button(t('delete'), (pressed) => void drop(item, pressed), 'danger');
    retry.dataset.key = `retry-${item.id}`;
    remove.dataset.key = `drop-${item.id}`;
    return [
        whatOf(item),
        whomOf(item),
        when(item.created),
        el('span', {}, item.givenUp ? tag('bad', 'outboxGivenUp') : item.attempts > 0 ? tag('warn', 'outboxFails', { n: item.attempts }) : tag('', 'outboxWaits'),
            ' ', item.error),
        el('span', { class: 'button-row' }, retry, remove),
    ];
}

const wayText = (way: Way): string =>
    t('outboxCounts', { waiting: format.whole(way.waiting), retrying: format.whole(way.retrying), sent: format.whole(way.sent), lost: format.whole(way.givenUp) });

const whatOf = (item: Item): HTMLElement => el('span', {}, t(ways[item.way] ?? 'webhook'), ', ', t(kinds[item.kind] ?? 'kindPosition'));
const whomOf = (item: Item): string => joined([item.user, item.recipient], ' → ');

function delivered(items: Item[]): Node[] {
    const rows = items.map((item) => [whatOf(item), whomOf(item), when(item.created), el('span', { class: 'tags' }, tag('good', 'outboxSent'), ' ', when(item.finished)),
        format.whole(item.attempts)]);
    return rows.length === 0 ? [] : [el('h3', {}, t('outboxDelivered')), scroller(t('outboxDelivered'),
        table([{ name: 'what' }, { name: 'whom' }, { name: 'dataCreated' }, { name: 'state' }, { name: 'attempts' }], rows, t('outboxDelivered')))];
}

function outbox({ mail, webhook, news, items, delivered: sent }: Status): Node[] {
    const all = button(t('retryAll'), (pressed) => void deed('POST', '/api/admin/outbox/retry/', pressed));
    all.dataset.key = 'retry-all';
    return [
        facts([['mail', wayText(mail)], ['webhook', wayText(webhook)], ['ruleNews', wayText(news)]]),
        ...(items.length === 0 ? [] : [
            table([{ name: 'what' }, { name: 'whom' }, { name: 'dataCreated' }, { name: 'state' }, { name: 'actions', hidden: true }], items.map(itemRow), t('outbox')),
            el('p', {}, all),
        ]),
        ...delivered(sent),
    ];
}

function signins({ signins: list }: Status): Node[] {
    const rows = list.map(({ user, ok, times, address, agent, way, at }) => [
        el('strong', {}, user), outcome(ok, times), when(at), address, way === 'http' ? t('signInPhone') : browserName(agent),
    ]);
    return rows.length === 0 ? [el('p', { class: 'muted' }, t('signInsNone'))]
        : [table([{ name: 'username' }, { name: 'state' }, { name: 'when' }, { name: 'address' }, { name: 'browser' }], rows, t('signIns'))];
}

// ---- log

function log({ log: lines }: Status): Node[] {
    const hint = el('p', { class: 'muted' }, t('logHint'));
    if (lines === null || lines.length === 0) {
        return [el('p', { class: 'muted' }, t(lines === null ? 'stateUnknown' : 'logNone')), hint];
    }
    const rows = lines.map(({ at, level, program: name, text }) => [
        when(at), level === 'ERROR' ? tag('bad', 'logError') : tag('warn', 'logWarning'), name, el('code', { class: 'log-line' }, text)]);
    return [scroller(t('log'), table([{ name: 'logTime' }, { name: 'state' }, { name: 'program' }, { name: 'message' }], rows, t('log'))), hint];
}

// ---- the page

const parts: { id: string; title: TextName; draw: (status: Status) => Node[]; of: (status: Status) => unknown }[] = [
    { id: 'programs', title: 'programs', draw: programs, of: ({ web, agent, broker, nginx }) => [web, agent?.uptime, broker?.uptime, nginx] },
    { id: 'messages', title: 'messages', draw: messages, of: ({ broker, agent, spool, database: d }) => [broker?.received, broker?.fault, agent, spool, d.quarantine] },
    { id: 'listener', title: 'tlsListener', draw: listener, of: ({ agent }) => [agent?.listener, agent?.tlsFault, agent === null] },
    { id: 'clients', title: 'clients', draw: clients, of: ({ broker, now }) => [broker?.clients, now] },
    { id: 'refused', title: 'refused', draw: refused, of: ({ broker, now }) => [broker?.troubles, broker?.troubles.length ? now : null] },
    { id: 'database', title: 'database', draw: database, of: ({ database: d }) => d },
    { id: 'certificates', title: 'pkiShort', draw: certificates, of: ({ certificates: c }) => c },
    { id: 'outbox', title: 'outbox', draw: outbox, of: ({ mail, webhook, news, items, delivered: sent }) => [mail, webhook, news, items, sent] },
    { id: 'signins', title: 'signIns', draw: signins, of: ({ signins: list }) => list },
    { id: 'log', title: 'log', draw: log, of: ({ log: lines }) => lines },
];
const drawn = new Map<string, string>();

/** A part that says the same stays: nothing that somebody reads, selects or points at moves. */
function drawPart(id: string, nodes: () => Node[], value: unknown): void {
    const text = JSON.stringify(value) ?? '';
    if (drawn.get(id) === text) {
        return;
    }
    drawn.set(id, text);
    const place = byId(`${id}-body`);
    const focused = place.contains(document.activeElement) ? (document.activeElement as HTMLElement).dataset.key : undefined;
    place.replaceChildren(...nodes());
    if (focused !== undefined) {
        place.querySelector<HTMLElement>(`[data-key="${focused}"]`)?.focus();
    }
}

function frame(): void {
    byId('status').replaceChildren(...parts.map(({ id, title }) => el('section', { class: 'card', id, 'aria-labelledby': `${id}-title` },
        el('h2', { id: `${id}-title` }, t(title)), el('div', { class: 'stack', id: `${id}-body` }))));
}

function drawAlerts(names: TextName[]): void {
    const key = names.join();
    if (drawn.get('alerts') !== key) {
        drawn.set('alerts', key);
        byId('alerts').replaceChildren(...names.map((name) => el('p', { class: 'message bad' }, icon('alert'), el('span', {}, t(name)))));
    }
}

function draw(status: Status): void {
    if (drawn.size === 0) {
        frame();
    }
    for (const { id, draw: nodes, of } of parts) {
        drawPart(id, () => nodes(status), of(status));
    }
    drawAlerts(alerts(status));
    setText(byId('status-time'), t('statusTime', { time: format.zonedTime(status.now ?? Date.now() / 1000) }));
}

let running: Promise<void> | null = null;

async function read(): Promise<void> {
    const { ok, text, body } = await callApi('GET', '/api/admin/status/');
    const status = ok ? parseStatus(body) : null;
    if (status) {
        draw(status);
    } else {
        setText(byId('status-time'), text);
    }
}

function refresh(): Promise<void> {
    running ??= read().finally(() => (running = null));
    return running;
}

startPage();
void refresh();
setInterval(() => {
    if (document.visibilityState === 'visible') {
        void refresh();
    }
}, EVERY);
document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') {
        void refresh();
    }
});
