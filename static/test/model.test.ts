import { deepEqual, equal, ok } from 'node:assert/strict';
import test from 'node:test';
import { deviceLabel, initials, isRecent, parseDevice, parseEvent, parseFix } from '../app/model.ts';
import { device, fix } from './make.ts';

const row = {
    id: 534, device: 1, device_name: 'alice/pixel7', tid_display: 'a7', timestamp_unix: 1772658000,
    reported_at: '2026-03-04T23:45:00Z', reported_at_unix: 1772667900, fix_age_seconds: 9900, latitude: '38.7251234567',
    longitude: '-9.1501234567', timestamp: '2026-03-04T21:00:00Z', accuracy: 12, altitude: 54, velocity: 0,
    battery_level: 41, connection_type: 'w', received_via: 'mqtt', battery_status: 2, course: null,
};

test('a location row', () => {
    deepEqual(parseFix(row), {
        id: 534, device: 1, deviceKey: 'alice/pixel7', lat: 38.7251234567, lon: -9.1501234567, time: 1772658000,
        reported: 1772667900, accuracy: 12, altitude: 54, speed: 0, course: null, battery: 41, charging: true, overMqtt: true,
    });
});

for (const [name, change] of [
    ['no id', { id: null }], ['no device', { device: undefined }], ['empty latitude', { latitude: '' }],
    ['latitude beyond the pole', { latitude: '91.0000000000' }], ['longitude beyond a turn', { longitude: '-181' }],
    ['no number', { longitude: 'east' }], ['no time', { timestamp_unix: '1772658000' }],
] as const) {
    test(`refused: ${name}`, () => equal(parseFix({ ...row, ...change }), null));
}

test('unknown stays unknown', () => {
    const bare = parseFix({ ...row, accuracy: null, velocity: undefined, battery_level: 'x', battery_status: null, reported_at_unix: null });
    ok(bare);
    equal(bare.accuracy, null);
    equal(bare.speed, null);
    equal(bare.battery, null);
    equal(bare.charging, false);
    equal(bare.reported, bare.time);
});

test('a device row', () => {
    deepEqual(parseDevice({
        id: 10, device_id: 'op2', device_name: 'op2', name: 'Device op2', owner_username: '', last_seen: '2026-03-02T16:31:00.000002Z',
        is_online: false, location_count: 0,
    }), { id: 10, deviceId: 'op2', key: 'op2', name: 'Device op2', owner: '', online: false, lastSeen: 1772469060 });
    equal(parseDevice({ id: 1 }), null);
    equal(parseDevice([]), null);
});

test('events', () => {
    deepEqual(parseEvent('{"type": "waypoint_event", "data": {"device_display": "alice/ipad", "new_count": 1}}'), { type: 'places' });
    deepEqual(parseEvent('{"type": "welcome", "server_startup": 17}'), { type: 'welcome', serverStartup: 17 });
    deepEqual(parseEvent(JSON.stringify({ type: 'location', data: row })), { type: 'location', fix: parseFix(row) });
    deepEqual(parseEvent(JSON.stringify({ type: 'location', data: { ...row, trigger: 'c' } })), { type: 'location', fix: parseFix(row), crossing: true });
    deepEqual(parseEvent(JSON.stringify({ type: 'transition', data: { device_id: 'ipad', device_display: 'alice/ipad', event: 'enter' } })),
        { type: 'crossing', deviceKey: 'alice/ipad' });
    deepEqual(parseEvent(JSON.stringify({
        type: 'device_status',
        data: { device_id: 'ipad', device_display: 'alice/ipad', is_online: false, event: 'device_offline', disconnected_at: '2026-03-04T23:45:00.000000+00:00' },
    })), { type: 'offline', deviceKey: 'alice/ipad', at: 1772667900 });
});

for (const other of ['', '{', 'null', '[]', '7', '{"type": "transition", "data": {}}', '{"type": "location", "data": {"id": 1}}',
    '{"type": "device_status"}']) {
    test(`no event: ${other || '(empty)'}`, () => equal(parseEvent(other), null));
}

test('labels', () => {
    equal(deviceLabel(device({ name: 'Device phone' })), 'phone');
    equal(deviceLabel(device({ name: ' Anna’s phone ' })), 'Anna’s phone');
    equal(deviceLabel(device({ name: '' })), 'phone');
});

for (const [label, expected] of [
    ['Anna’s Pixel', 'AP'], ['car', 'CA'], ['x', 'X'], ['😀 phone', '😀P'], ['', '?'], ['op_2', 'O2'], ['école', 'ÉC'],
] as const) {
    test(`initials of "${label}"`, () => equal(initials(label), expected));
}

test('recent', () => {
    const one = fix();
    ok(isRecent(one, one.time + 599));
    ok(!isRecent(one, one.time + 600));
});
