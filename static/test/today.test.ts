import { deepEqual, equal } from 'node:assert/strict';
import test from 'node:test';
import type { TrackOptions } from '../app/api.ts';
import type { Track } from '../app/past.ts';
import { Store, type Device } from '../app/store.ts';
import { Today } from '../app/today.ts';
import { device, fix, local } from './make.ts';

const noon = local(2026, 6, 17, 12);
/** What the server has read up to a row: ten times as many positions as are left. */
const read = (last: number, ...times: number[]): Track =>
    ({ last, seen: 10 * last, metres: 500, tolerance: 0, spans: [], fixes: times.map((time, i) => fix({ id: -1 - i, time })) });
const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

function setUp() {
    const asked: { key: string; from: number; to: number; options: TrackOptions; answer: (track: Track) => void; refuse: () => void }[] = [];
    const store = new Store(100, 'anna');
    store.setDevices([device(), device({ id: 2, key: 'anna/car', deviceId: 'car' })]);
    const counts = { changes: 0 };
    const today = new Today({
        reduced: (key, from, to, options) => new Promise((resolve, reject) => {
            asked.push({ key, from, to, options, answer: resolve, refuse: () => reject(new Error('no')) });
        }),
    }, 100, () => counts.changes++);
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
    equal(s.asked[0]?.options.accuracy, 100);
    s.asked[0]?.answer(read(7, noon - 60));
    await tick();
    equal(s.today.track.state, 'ready');
    deepEqual(s.ids(), [-1]);
    equal(s.today.track.seen, 70);
});

test('what comes live while it is read is kept, once', async () => {
    const s = setUp();
    s.today.choose(s.phone, noon);
    s.today.add([fix({ id: 3, time: noon })]);
    s.today.add([fix({ id: 4, time: noon + 5 })]);
    s.asked[0]?.answer(read(3, noon - 60, noon));
    await tick();
    deepEqual(s.ids(), [-1, -2, 4]);
    s.today.add([fix({ id: 4, time: noon + 5 }), fix({ id: 5, time: noon + 20, device: 2 }), fix({ id: 6, time: noon - 86_400 }),
        fix({ id: 7, time: noon + 9, accuracy: 900 }), fix({ id: 2, time: noon + 9 })]);
    deepEqual(s.ids(), [-1, -2, 4]);
    equal(s.today.track.seen, 31);
});

test('the way goes on from where what was read ends; one that comes late does not lengthen it', async () => {
    const s = setUp();
    s.today.choose(s.phone, noon);
    s.asked[0]?.answer(read(3, noon - 60, noon));
    await tick();
    equal(s.today.track.metres, 500);
    s.today.add([fix({ id: 8, time: noon + 10, lat: 48.201 }), fix({ id: 9, time: noon - 30, lat: 49 })]);
    equal(Math.round(s.today.track.metres), 611);
    deepEqual(s.ids(), [-1, 9, -2, 8]);
});

test('a late answer for the device before is not shown', async () => {
    const s = setUp();
    s.today.choose(s.phone, noon);
    s.today.choose(s.car, noon);
    s.asked[0]?.answer(read(1, noon));
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
    s.asked[0]?.answer(read(1, noon));
    await tick();
    s.today.roll(noon + 3600);
    deepEqual(s.ids(), [-1]);
    s.today.roll(local(2026, 6, 18, 0, 1));
    deepEqual(s.ids(), []);
    equal(s.asked[1]?.from, local(2026, 6, 18));
});
