import { deepEqual, equal } from 'node:assert/strict';
import test from 'node:test';
import type { Fix } from '../app/model.ts';
import { Store, type Device } from '../app/store.ts';
import { Today } from '../app/today.ts';
import { device, fix, local } from './make.ts';

const noon = local(2026, 6, 17, 12);
const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

function setUp() {
    const asked: { key: string; from: number; to: number; answer: (fixes: Fix[]) => void; refuse: () => void }[] = [];
    const store = new Store(100, 'anna');
    store.setDevices([device(), device({ id: 2, key: 'anna/car', deviceId: 'car' })]);
    const counts = { changes: 0 };
    const today = new Today({
        track: (key, from, to) => new Promise((resolve, reject) => {
            asked.push({ key, from, to, answer: resolve, refuse: () => reject(new Error('no')) });
        }),
    }, store, () => counts.changes++);
    const ids = (): number[] => today.track.fixes.map((one) => one.id);
    return { asked, today, counts, ids, phone: store.get(1) as Device, car: store.get(2) as Device };
}

test('reads from midnight to midnight of the viewer', async () => {
    const s = setUp();
    s.today.choose(s.phone, noon);
    equal(s.asked[0]?.key, 'anna/phone');
    equal(s.asked[0]?.from, local(2026, 6, 17));
    equal(s.asked[0]?.to, local(2026, 6, 18) - 1);
    equal(s.today.track.state, 'loading');
    s.asked[0]?.answer([fix({ id: 1, time: noon - 60 }), fix({ id: 2, time: noon - 30, accuracy: 900 })]);
    await tick();
    equal(s.today.track.state, 'ready');
    deepEqual(s.ids(), [1]);
});

test('what comes live while it is read is kept, once', async () => {
    const s = setUp();
    s.today.choose(s.phone, noon);
    s.today.add([fix({ id: 3, time: noon })]);
    s.asked[0]?.answer([fix({ id: 1, time: noon - 60 }), fix({ id: 3, time: noon })]);
    await tick();
    deepEqual(s.ids(), [1, 3]);
    s.today.add([fix({ id: 4, time: noon + 10 }), fix({ id: 5, time: noon + 20, device: 2 }), fix({ id: 6, time: noon - 86_400 })]);
    deepEqual(s.ids(), [1, 3, 4]);
});

test('a late answer for the device before is not shown', async () => {
    const s = setUp();
    s.today.choose(s.phone, noon);
    s.today.choose(s.car, noon);
    s.asked[0]?.answer([fix({ id: 1, time: noon })]);
    await tick();
    deepEqual(s.ids(), []);
    equal(s.today.track.state, 'loading');
});

test('choosing the same device again does not read again', () => {
    const s = setUp();
    s.today.choose(s.phone, noon);
    s.today.choose(s.phone, noon);
    equal(s.asked.length, 1);
});

test('a failure is told and can be tried again', async () => {
    const s = setUp();
    s.today.choose(s.phone, noon);
    s.asked[0]?.refuse();
    await tick();
    equal(s.today.track.state, 'failed');
    s.today.reload(noon);
    equal(s.today.track.state, 'loading');
});

test('at midnight a new day begins', async () => {
    const s = setUp();
    s.today.choose(s.phone, noon);
    s.asked[0]?.answer([fix({ id: 1, time: noon })]);
    await tick();
    s.today.roll(noon + 3600);
    deepEqual(s.ids(), [1]);
    s.today.roll(local(2026, 6, 18, 0, 1));
    deepEqual(s.ids(), []);
    equal(s.asked[1]?.from, local(2026, 6, 18));
});
