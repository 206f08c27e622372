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

/** The ports that are open, with what to know about them. */
export function ports(connection: Connection): [port: number, note: string][] {
    const list: [number, string][] = [
        [connection.mqttTlsPort, t('withTls')], [connection.mqttPort, t('withoutTls')],
    ];
    return list.filter(([port]) => port > 0);
}

function mqtt(connection: Connection): Node[] {
    const list = el('dl', { class: 'facts' });
    const add = (name: string, value: string, note = ''): void =>
        list.append(el('dt', {}, name), el('dd', {}, el('code', {}, value), note === '' ? null : ` ${note}`));
    add(t('mode'), 'MQTT');
    add(t('host'), connection.host);
    ports(connection).forEach(([port, note]) => add(t('port'), String(port), note));
    add(t('user'), connection.username);
    add(t('topic'), `owntracks/${connection.username}/PHONE`);
    return [list, el('p', { class: 'muted' }, t('topicHint')), el('p', {}, t('orHttp'))];
}

export function firstSteps(connection: Connection): HTMLElement {
    return el('div', { class: 'empty' },
        el('span', { class: 'empty-picture' }, icon('phone')),
        el('h3', {}, t('emptyTitle')),
        el('p', {}, t('emptyText')),
        el('p', {}, el('a', { class: 'button primary', href: '/profile/#add-phone' }, t('phoneByCode'))),
        el('p', {}, t('emptyByHand')),
        ...(ports(connection).length > 0 ? mqtt(connection) : []),
        el('p', { class: 'url' }, el('code', {}, `${connection.origin}/api/locations/`)),
        el('p', { class: 'waiting' }, el('span', { class: 'pulse' }), t('emptyWaiting')));
}

export function loadFailed(retry: () => void): HTMLElement {
    const button = el('button', { type: 'button', class: 'button primary' }, icon('refresh'), t('retry'));
    button.addEventListener('click', retry);
    return el('div', { class: 'empty', role: 'alert' }, el('p', {}, t('loadFailed')), button);
}
