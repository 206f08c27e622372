import { deepEqual, equal } from 'node:assert/strict';
import test from 'node:test';
import type { Fix } from '../app/model.ts';
import type { Track } from '../app/past.ts';
import { Store } from '../app/store.ts';
import { Trails } from '../app/trails.ts';
import { device, fix } from './make.ts';

const NOW = 1_790_000_000;
const track = (fixes: Fix[]): Track => ({ fixes, seen: fixes.length, last: fixes.at(-1)?.id ?? 0, metres: 0, tolerance: 0, spans: [] });
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** Devices 1, 2, ... whose last positions are so many seconds old. */
function store(...ages: number[]): Store {
    const one = new Store(0, 'anna');
    one.setDevices(ages.map((_, i) => device({ id: i + 1, key: `anna/${i + 1}`, deviceId: String(i + 1) })));
    one.addFixes(ages.map((age, i) => fix({ id: 100 + i, device: i + 1, time: NOW - age })), false);
    return one;
}

function make(read: (key: string) => Fix[] | Promise<Fix[]> = () => [], newest: Fix[] = []) {
    const asked: string[] = [];
    const clock = { now: NOW };
    const trails = new Trails({ reduced: async (key, from, to) => {
        asked.push(`${key} ${to - from}`);
        return track(await read(key));
    }, latest: (n) => {
        asked.push(`latest ${n}`);
        return Promise.resolve(newest);
    } }, 50, () => undefined, () => clock.now);
    return { trails, asked, clock };
}
const ids = (trails: Trails, but: number | null = null): number[][] => trails.lines(but).map(({ fixes }) => fixes.map(({ id }) => id));

test('those that moved within the time are read, once', async () => {
    const { trails, asked } = make((key) => (key === 'anna/1' ? [fix({ id: 1, time: NOW - 300 }), fix({ id: 2, time: NOW - 100 })] : []));
    const devices = store(60, 4000, 30).all();
    trails.show(devices);
    trails.show(devices);
    await settled();
    deepEqual(asked.sort(), ['anna/1 3600', 'anna/3 3600']);
    deepEqual(ids(trails), [[1, 2]], 'one point is no line');
    equal(trails.changed, false);
    deepEqual(ids(trails, 1), [], 'drawn otherwise');
});

test('the feed adds to them, what is old goes', async () => {
    const { trails, clock } = make(() => [fix({ id: 1, time: NOW - 3000 }), fix({ id: 2, time: NOW - 100 })]);
    trails.show(store(60).all());
    await settled();
    trails.lines(null);
    trails.add([fix({ id: 3, time: NOW }), fix({ id: 4, time: NOW - 5000 }), fix({ id: 5, time: NOW, accuracy: 900 }), fix({ id: 6, device: 9, time: NOW })]);
    equal(trails.changed, true);
    deepEqual(ids(trails), [[1, 2, 3]]);
    clock.now = NOW + 1000;
    trails.trim();
    deepEqual(ids(trails), [[2, 3]]);
    trails.trim();
    equal(trails.changed, false);
});

test('who is taken off the map has no trail, and has it again', async () => {
    const { trails, asked } = make(() => [fix({ id: 1, time: NOW - 300 }), fix({ id: 2, time: NOW - 100 })]);
    const devices = store(60).all();
    trails.show(devices);
    await settled();
    trails.show([]);
    equal(trails.changed, true);
    deepEqual(ids(trails), []);
    trails.show(devices);
    deepEqual(ids(trails), [[1, 2]]);
    equal(asked.length, 1);
});

test('a longer time reads anew; an answer to the shorter one comes too late', async () => {
    const answers: ((fixes: Fix[]) => void)[] = [];
    const { trails, asked } = make(() => new Promise((resolve) => answers.push(resolve)));
    const devices = store(60).all();
    trails.show(devices);
    trails.setReach(24);
    trails.show(devices);
    deepEqual(asked, ['anna/1 3600', 'anna/1 86400']);
    answers[1]?.([fix({ id: 1, time: NOW - 80000 }), fix({ id: 2, time: NOW - 100 })]);
    answers[0]?.([fix({ id: 7, time: NOW - 200 })]);
    await settled();
    deepEqual(ids(trails), [[1, 2]]);
    trails.setReach(0);
    trails.show(devices);
    await settled();
    deepEqual([ids(trails), asked.length], [[], 2]);
});

test('a server that fails is asked again only when everything is', async () => {
    const { trails, asked } = make(() => Promise.reject(new Error('no')));
    trails.show(store(60).all());
    await settled();
    trails.show(store(60).all());
    await settled();
    equal(asked.length, 1);
    trails.add([fix({ id: 1, time: NOW - 5 }), fix({ id: 2, time: NOW })]);
    deepEqual(ids(trails), [[1, 2]]);
});

test('the latest positions, whenever they were, in one request for all', async () => {
    const { trails, asked } = make(() => [], [
        fix({ id: 5, device: 2, time: NOW - 90_000 }), fix({ id: 4, device: 1, time: NOW - 95_000 }), fix({ id: 3, device: 2, time: NOW - 96_000 }),
        fix({ id: 2, device: 1, time: NOW - 99_000 }), fix({ id: 1, device: 1, time: NOW - 99_999, accuracy: 900 }),
    ]);
    trails.setReach('latest');
    trails.show(store(90_000, 95_000).all());
    await settled();
    deepEqual(asked, ['latest 200']);
    deepEqual(ids(trails), [[2, 4], [3, 5]]);
    trails.add([fix({ id: 6, device: 1, time: NOW })]);
    trails.trim();
    deepEqual(ids(trails)[0], [2, 4, 6]);
});

test('from now: nothing of before, and what comes is read from that moment on', async () => {
    const { trails, asked, clock } = make(() => [fix({ id: 200, time: NOW + 5 }), fix({ id: 201, time: NOW + 9 })]);
    trails.setReach({ since: NOW });
    trails.show(store(60).all());
    await settled();
    deepEqual([asked, ids(trails)], [[], []]);
    clock.now = NOW + 10;
    trails.show(store(-9).all());
    await settled();
    deepEqual([asked, ids(trails)], [['anna/1 10'], [[200, 201]]]);
    trails.setReach(1);
    trails.show(store(60).all());
    await settled();
    equal(asked[1], 'anna/1 3600');
});
