import { deepEqual, equal } from 'node:assert/strict';
import test from 'node:test';
import { layers, parseConnection, type Connection } from '../app/connection.ts';

const T = 1_790_000_000;
const iso = (at: number): string => new Date(at * 1000).toISOString();
const nothing: Connection = { connected: [], refused: [], tlsError: null, unusable: [] };
const states = (seen: Connection, way: 'mqtts' | 'mqtt' | 'http' = 'mqtts', there = false): string =>
    layers(seen, way, 'anna', T, there).map(({ state }) => state).join(' ');
const refusal = (values: object): Connection['refused'][0] => ({ at: T + 5, kind: 'login', why: 'wrong', user: 'anna', topic: '', ...values });

test('nothing is known yet', () => {
    equal(states(nothing), 'waits waits waits waits');
    equal(states(nothing, 'http'), 'waits waits waits');
});

test('there', () => {
    equal(states(nothing, 'mqtts', true), 'good good good good');
    equal(states({ ...nothing, refused: [refusal({})] }, 'http', true), 'good good good');
});

test('a handshake that fails says what to install', () => {
    const at = (text: string): Connection => ({ ...nothing, tlsError: { at: T + 1, text } });
    equal(states(at('tlsv1 alert unknown ca')), 'good bad waits waits');
    for (const [words, hint] of [['tlsv1 alert unknown ca', 'hintTrust'], ['peer did not return a certificate', 'hintClientCertificate'],
        ['certificate verify failed', 'hintClientCertificate'], ['wrong version number', 'hintTls']] as const) {
        deepEqual(layers(at(words), 'mqtts', 'anna', T, false)[1], { name: 'layerTls', state: 'bad', hint, detail: words });
    }
    equal(states(at('x'), 'mqtt'), 'waits waits waits', 'another phone’s, as this one does not use TLS');
    equal(states({ ...nothing, tlsError: { at: T - 1, text: 'x' } }), 'waits waits waits waits', 'from before');
});

test('a login that is refused', () => {
    equal(states({ ...nothing, refused: [refusal({})] }), 'good good bad waits');
    deepEqual(layers({ ...nothing, refused: [refusal({ user: 'ana' })] }, 'mqtt', 'anna', T, false)[1],
        { name: 'layerLogin', state: 'bad', hint: 'hintUser', values: { user: 'ana' } });
    equal(states({ ...nothing, refused: [refusal({ kind: 'http' })] }, 'http'), 'good bad waits');
    equal(states({ ...nothing, refused: [refusal({ at: T - 1 })] }), 'waits waits waits waits');
});

test('connected counts more than an earlier refusal', () => {
    const connected = [{ device: '', since: T + 9, messages: 0 }];
    equal(states({ ...nothing, connected }), 'good good good waits');
    equal(states({ ...nothing, connected, refused: [refusal({})], tlsError: { at: T + 6, text: 'unknown ca' } }), 'good good good waits');
    equal(states({ ...nothing, connected: [{ device: '', since: T - 9, messages: 5 }] }), 'waits waits waits waits', 'another phone of the same person');
});

test('a report that is refused or cannot be used', () => {
    const connected = [{ device: '', since: T + 1, messages: 1 }];
    const denied = refusal({ kind: 'publish', topic: 'owntracks/bob/x' });
    deepEqual(layers({ ...nothing, connected, refused: [denied] }, 'mqtt', 'anna', T, false)[2],
        { name: 'layerReport', state: 'bad', hint: 'hintTopic', values: { topic: 'owntracks/bob/x' } });
    equal(states({ ...nothing, unusable: [{ at: T + 2, why: 'lat', topic: '' }] }, 'http'), 'good good bad');
});

test('the last failure is the one that counts', () => {
    equal(states({ ...nothing, refused: [refusal({ at: T + 9 })], tlsError: { at: T + 5, text: 'unknown ca' } }), 'good good bad waits');
    equal(states({ ...nothing, refused: [refusal({ at: T + 5 })], tlsError: { at: T + 9, text: 'unknown ca' } }), 'good bad waits waits');
});

test('the answer is read with care', () => {
    equal(parseConnection([]), null);
    deepEqual(parseConnection({}), nothing);
    deepEqual(parseConnection({
        tls_error: { at: iso(T), text: 'x' }, connected: [{ device: 'phone', since: iso(T), messages: 2 }, 7],
        refused: [{ at: iso(T), kind: 'login', why: 'w', user: 'u', topic: '' }, { at: 'never' }], unusable: [{ at: iso(T), why: 'w', topic: 't' }],
    }), {
        tlsError: { at: T, text: 'x' }, connected: [{ device: 'phone', since: T, messages: 2 }],
        refused: [{ at: T, kind: 'login', why: 'w', user: 'u', topic: '' }], unusable: [{ at: T, why: 'w', topic: 't' }],
    });
});
