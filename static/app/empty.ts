// Shown instead of the list while there is no device: how to connect a phone.
import { el, icon } from './dom.ts';
import { t } from './texts.ts';

export interface Connection {
    host: string; // as in the address bar, without port
    origin: string;
    username: string;
    mqttPort: number; // 0 or below: off
    mqttTlsPort: number;
}

export function portText(connection: Connection): string {
    const ports: string[] = [];
    if (connection.mqttTlsPort > 0) {
        ports.push(t('portTls', { port: connection.mqttTlsPort }));
    }
    if (connection.mqttPort > 0) {
        ports.push(t('portPlain', { port: connection.mqttPort }));
    }
    return ports.join(', ');
}

export function firstSteps(connection: Connection): HTMLElement {
    const ports = portText(connection);
    const rows: [string, string][] = ports === '' ? [] : [
        [t('mode'), 'MQTT'],
        [t('host'), connection.host],
        [t('port'), ports],
        [t('user'), connection.username],
        [t('topic'), `owntracks/${connection.username}/PHONE`],
    ];
    const list = el('dl', { class: 'facts' });
    for (const [name, value] of rows) {
        list.append(el('dt', {}, name), el('dd', {}, el('code', {}, value)));
    }
    return el('div', { class: 'empty' },
        el('span', { class: 'empty-picture' }, icon('phone')),
        el('h3', {}, t('emptyTitle')),
        el('p', {}, t('emptyText')),
        rows.length > 0 ? list : null,
        rows.length > 0 ? el('p', { class: 'muted' }, t('topicHint')) : null,
        rows.length > 0 ? el('p', {}, t('orHttp')) : null,
        el('p', { class: 'url' }, el('code', {}, `${connection.origin}/api/locations/`)),
        el('p', { class: 'waiting' }, el('span', { class: 'pulse' }), t('emptyWaiting')));
}

export function loadFailed(retry: () => void): HTMLElement {
    const button = el('button', { type: 'button', class: 'button primary' }, icon('refresh'), t('retry'));
    button.addEventListener('click', retry);
    return el('div', { class: 'empty', role: 'alert' }, el('p', {}, t('loadFailed')), button);
}
