import { deepEqual, equal } from 'node:assert/strict';
import test from 'node:test';
import { configLink, configuration, deviceIdPattern } from '../app/otrc.ts';

const server = { host: 'tracks.example.org', origin: 'https://tracks.example.org', username: 'anna', mqttPort: 1883, mqttTlsPort: 8883 };
const phone = { way: 'mqtts', deviceId: 'phone', tid: 'an', password: 'pässword' } as const;

test('MQTT with TLS', () => deepEqual(configuration(server, phone), {
    _type: 'configuration', auth: true, username: 'anna', password: 'pässword', deviceId: 'phone', tid: 'an', mode: 0,
    host: 'tracks.example.org', port: 8883, tls: true, ws: false, pubTopicBase: 'owntracks/%u/%d',
}));

test('each app gets its certificate as it takes it', () => {
    const quiet = { ...phone, password: '' };
    const of = (app: 'ios' | 'android' | 'android24') => configuration(server, quiet, { app, password: 'of the file', authority: 'Q0E=', p12: 'UDEy' });
    const plain = configuration(server, quiet);
    deepEqual(of('ios'), { ...plain, clientpkcs: 'anna.otrp', passphrase: 'of the file' });
    deepEqual(of('android'), plain);
    deepEqual(of('android24'), { ...plain, tlsCaCrt: 'Q0E=', tlsClientCrt: 'UDEy', tlsClientCrtPassword: 'of the file' });
    equal('password' in of('android24'), false);
});

test('MQTT without, without a password and a name', () => {
    const settings = configuration(server, { ...phone, way: 'mqtt', tid: '', password: '' });
    equal(settings.port, 1883);
    equal(settings.tls, false);
    equal('password' in settings || 'tid' in settings, false);
});

test('HTTP', () => {
    const settings = configuration(server, { ...phone, way: 'http' });
    equal(settings.mode, 3);
    equal(settings.url, 'https://tracks.example.org/api/locations/');
    equal('host' in settings, false);
});

test('the link holds all of it, whatever the alphabet', () => {
    const link = new URL(configLink(configuration(server, phone)));
    const bytes = Uint8Array.from(atob(link.searchParams.get('inline') ?? ''), (c) => c.charCodeAt(0));
    deepEqual(JSON.parse(new TextDecoder().decode(bytes)), configuration(server, phone));
    equal(link.protocol, 'owntracks:');
});

test('ids that fit into a topic', () => {
    // Browsers compile the attribute with the flag v; the Node of Debian 12 knows only u.
    const good = new RegExp(`^(?:${deviceIdPattern})$`, 'u');
    for (const id of ['phone', 'Pixel-9_a', 'é', 'a.b']) {
        equal(good.test(id), true, id);
    }
    for (const id of ['', 'a b', 'a/b', '+', '#', 'x'.repeat(101)]) {
        equal(good.test(id), false, id);
    }
});
