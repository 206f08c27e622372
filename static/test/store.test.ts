import { deepEqual, equal, ok } from 'node:assert/strict';
import test from 'node:test';
import { insertFix, isAccurate, isNewer, Store } from '../app/store.ts';
import { device, fix } from './make.ts';

function storeWith(limit = 100): Store {
    const store = new Store(limit, 'anna');
    store.setDevices([device()]);
    return store;
}

test('newer: by time of the position, then by row', () => {
    ok(isNewer(fix({ id: 1, time: 20 }), fix({ id: 2, time: 10 })));
    ok(isNewer(fix({ id: 2, time: 10 }), fix({ id: 1, time: 10 })));
    ok(!isNewer(fix({ id: 1, time: 10 }), fix({ id: 1, time: 10 })));
});

test('an older report that comes late does not move the device', () => {
    const store = storeWith();
    store.addFixes([fix({ id: 1, time: 100, lat: 1 }), fix({ id: 2, time: 50, lat: 2 })], true);
    equal(store.get(1)?.position?.lat, 1);
    equal(store.cursor, 2);
});

test('an inaccurate report does not move the device, but is its latest', () => {
    const store = storeWith(100);
    store.addFixes([fix({ id: 1, time: 100, accuracy: 20 }), fix({ id: 2, time: 200, accuracy: 1200 })], true);
    equal(store.get(1)?.position?.id, 1);
    equal(store.get(1)?.latest?.id, 2);
});

test('an inaccurate report is better than none, and gives way to an accurate one though older', () => {
    const store = storeWith(100);
    store.addFixes([fix({ id: 5, time: 200, accuracy: 1200 })], true);
    equal(store.get(1)?.position?.id, 5);
    store.addFixes([fix({ id: 6, time: 300, accuracy: 900 })], true);
    equal(store.get(1)?.position?.id, 6);
    store.addFixes([fix({ id: 7, time: 100, accuracy: 20 })], true);
    equal(store.get(1)?.position?.id, 7);
});

test('without a limit, and without a known accuracy, everything is accurate', () => {
    ok(isAccurate(fix({ accuracy: 99_999 }), 0));
    ok(isAccurate(fix({ accuracy: null }), 100));
    ok(isAccurate(fix({ accuracy: 100 }), 100));
    ok(!isAccurate(fix({ accuracy: 101 }), 100));
});

test('online: only by what comes live over MQTT', () => {
    const store = storeWith();
    store.addFixes([fix({ id: 1 })], false);
    equal(store.get(1)?.online, false);
    store.addFixes([fix({ id: 2, overMqtt: false })], true);
    equal(store.get(1)?.online, false);
    store.addFixes([fix({ id: 3 })], true);
    equal(store.get(1)?.online, true);
    store.markOffline('anna/phone', 1_790_000_500);
    equal(store.get(1)?.online, false);
    equal(store.get(1)?.lastSeen, 1_790_000_500);
    store.markOffline('anna/unknown', null);
});

test('a report of an unknown device makes one, and asks for the list', () => {
    const store = storeWith();
    ok(!store.addFixes([fix()], true));
    ok(store.addFixes([fix({ id: 9, device: 7, deviceKey: 'ben/tablet/x' })], true));
    const made = store.byKey('ben/tablet/x');
    equal(made?.owner, 'ben');
    equal(made?.deviceId, 'tablet/x');
    ok(made?.colour);
});

test('a new list keeps positions, drops what is gone, and keeps colours', () => {
    const store = storeWith();
    store.addFixes([fix(), fix({ id: 9, device: 7, deviceKey: 'ben/tablet' })], true);
    const colour = store.get(1)?.colour;
    store.setDevices([device({ name: 'New name' }), device({ id: 3, key: 'anna/car', deviceId: 'car' })]);
    equal(store.get(1)?.position?.id, 1);
    equal(store.get(1)?.label, 'New name');
    equal(store.get(1)?.colour, colour);
    equal(store.get(7), undefined);
});

test('one’s own devices come first, then names', () => {
    const store = new Store(0, 'anna');
    store.setDevices([
        device({ id: 1, key: 'ben/a', deviceId: 'a', owner: 'ben' }), device({ id: 2, key: 'anna/z', deviceId: 'z' }),
        device({ id: 3, key: 'anna/b', deviceId: 'b' }), device({ id: 4, key: 'x', deviceId: 'x', owner: '' }),
    ]);
    deepEqual(store.all().map((one) => one.deviceId), ['b', 'z', 'a', 'x']);
});

test('subscribers hear of each change', () => {
    const store = storeWith();
    let heard = 0;
    store.subscribe(() => heard++);
    store.addFixes([fix()], true);
    store.addFixes([], true);
    store.setDevices([]);
    equal(heard, 2);
});

test('a track stays in order and without doubles', () => {
    const track = [fix({ id: 1, time: 10 }), fix({ id: 3, time: 30 })];
    ok(insertFix(track, fix({ id: 2, time: 20 })));
    ok(!insertFix(track, fix({ id: 2, time: 20 })));
    ok(insertFix(track, fix({ id: 4, time: 40 })));
    ok(insertFix(track, fix({ id: 5, time: 5 })));
    deepEqual(track.map((one) => one.id), [5, 1, 2, 3, 4]);
});

test('devices beside each other, round and round', () => {
    const store = storeWith();
    equal(new Store(0, 'anna').beside(null, 1), undefined);
    store.setDevices([device(), device({ id: 2, key: 'anna/car', deviceId: 'car' }), device({ id: 3, key: 'ben/x', deviceId: 'x', owner: 'ben' })]);
    const [first, second, last] = store.all().map((one) => one.id) as [number, number, number];
    for (const [from, by, to] of [[null, 1, first], [null, -1, last], [first, 1, second], [last, 1, first], [first, -1, last]] as const) {
        equal(store.beside(from, by)?.id, to);
    }
});
