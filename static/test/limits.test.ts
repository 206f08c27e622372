import { deepEqual, equal, ok } from 'node:assert/strict';
import test from 'node:test';
import { inWords, parseAllShares, parseShare, reachesMqtt, UNLIMITED } from '../app/limits.ts';
import { parseSeen, seenText } from '../app/seen.ts';
import { parseVisit } from '../app/visit.ts';

const row = {
    person: { user_id: 3, username: 'ben', first_name: '', last_name: '' }, id: 12, device_id: 'phone', device_name: 'anna/phone', name: ' Car ',
    precision: 'area', history: 'since', since: 1_772_800_000, expires_at: null, state: 'active',
};

test('a share is read with every field checked', () => {
    deepEqual(parseShare(row), {
        person: { id: 3, username: 'ben', name: 'ben' }, id: 12, deviceId: 'phone', key: 'anna/phone', label: 'Car',
        area: true, past: 'since', since: 1_772_800_000, expiresAt: null, paused: false, state: 'active',
    });
    for (const bad of [null, {}, { ...row, person: null }, { ...row, id: '12' }, { ...row, device_id: 5 }]) {
        equal(parseShare(bad), null);
    }
    deepEqual(parseAllShares({ given: [row, null], received: 'none' }).given.length, 1);
    deepEqual(parseAllShares(null), { given: [], received: [] });
});

test('what is not known counts as the narrowest', () => {
    const odd = parseShare({ ...row, precision: 'street', history: 'decades', state: '?' });
    ok(odd && odd.area && odd.past === 'live' && odd.state === 'over');
});

test('limits in words', () => {
    equal(inWords(UNLIMITED), 'without limits');
    ok(/^area only · latest position alone · until .*\d/.test(inWords({ ...UNLIMITED, area: true, past: 'live', expiresAt: 1_772_800_000 })));
    ok(/^since .*2026$/.test(inWords({ ...UNLIMITED, past: 'since', since: 1_772_800_000 })));
});

test('only what may be handed on as it is goes over MQTT', () => {
    ok(reachesMqtt(UNLIMITED) && reachesMqtt({ ...UNLIMITED, expiresAt: 5 }));
    for (const limit of [{ area: true }, { past: 'live' as const }, { past: 'since' as const, since: 1 }, { paused: true }]) {
        ok(!reachesMqtt({ ...UNLIMITED, ...limit }));
    }
});

test('by how many a device is seen', () => {
    const seen = parseSeen('12:2:1,13:0:2,x:1:1,');
    deepEqual([...seen.keys()], [12, 13]);
    equal(seenText(seen.get(12)), 'seen by 2, 1 public link');
    equal(seenText(seen.get(13)), '2 public links');
    equal(seenText(undefined), '');
});

test('a visit is read with every field checked', () => {
    const body = { label: '<b>', expires_at: 20, now: 10, area: false, position: { lat: 1, lon: 2, accuracy: null, at: 5 }, trail: [[1, 2], ['x', 2], [95, 0], 7] };
    deepEqual(parseVisit(body), {
        label: '<b>', expiresAt: 20, now: 10, area: false, position: { lat: 1, lon: 2, accuracy: null, at: 5 }, trail: [{ lat: 1, lon: 2 }],
    });
    equal(parseVisit({ ...body, position: { lat: 91, lon: 2, at: 5 } })?.position, null);
    for (const bad of [null, [], { ...body, label: 5 }, { ...body, now: 'x' }]) {
        equal(parseVisit(bad), null);
    }
});
