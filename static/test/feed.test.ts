import { deepEqual, equal, ok } from 'node:assert/strict';
import test from 'node:test';
import { ApiError, type Api } from '../app/api.ts';
import { Feed } from '../app/feed.ts';
import type { DeviceInfo, Fix, LiveEvent } from '../app/model.ts';
import { Store } from '../app/store.ts';
import { Today } from '../app/today.ts';
import { device, fix } from './make.ts';

const tick = async (): Promise<void> => {
    for (let i = 0; i < 5; i++) {
        await new Promise((resolve) => setTimeout(resolve));
    }
};

/** A feed whose server and clock are in the test's hands; catchUp is what a welcome would call. */
function setUp() {
    const server = {
        devices: [device()] as DeviceInfo[], known: [fix({ id: 10 })], missed: [] as Fix[], complete: true,
        fail: null as ApiError | null, calls: [] as string[],
    };
    const say = <T>(call: string, answer: () => T): Promise<T> => {
        server.calls.push(call);
        return server.fail ? Promise.reject(server.fail) : Promise.resolve(answer());
    };
    const api: Api = {
        devices: () => say('devices', () => server.devices),
        lastKnown: () => say('last-known', () => server.known),
        since: (id) => say(`since ${id}`, () => ({ fixes: server.missed, complete: server.complete })),
    };
    const time = { now: 1_790_000_000 };
    const told: string[] = [];
    const store = new Store(0, 'anna');
    const feed = new Feed('ws://x/', api, store, new Today({ reduced: () => say('track', () => ({ fixes: [], seen: 0, last: 0, metres: 0, tolerance: 0, spans: [] })) }, 0, () => undefined), {
        state: () => told.push('state'), loaded: () => told.push('loaded'), loadFailed: () => told.push('failed'),
        signedOut: () => told.push('signed out'), crossing: (key) => told.push(`crossing ${key ?? 'any'}`),
    }, () => time.now);
    const catchUp = async (): Promise<void> => {
        (feed as unknown as { catchUp(): Promise<void> }).catchUp().catch(() => undefined);
        await tick();
    };
    return { server, feed, store, time, told, catchUp };
}

test('reads devices and last positions, then only what came since', async () => {
    const s = setUp();
    await s.feed.load();
    ok(s.feed.loaded);
    equal(s.store.get(1)?.position?.id, 10);
    s.server.missed = [fix({ id: 12, time: 1_790_000_010 })];
    await s.catchUp();
    deepEqual(s.server.calls, ['devices', 'last-known', 'since 10']);
    equal(s.store.get(1)?.position?.id, 12);
    equal(s.store.get(1)?.online, false);
});

test('later the list of devices is read again too: one may have gone or come online', async () => {
    const s = setUp();
    await s.feed.load();
    s.time.now += 60;
    s.server.devices = [device({ online: true })];
    await s.catchUp();
    deepEqual(s.server.calls.slice(2), ['since 10', 'devices']);
    equal(s.store.get(1)?.online, true);
    equal(s.feed.fresh, s.time.now);
});

test('too far behind: the last positions are enough', async () => {
    const s = setUp();
    await s.feed.load();
    s.server.complete = false;
    s.server.known = [fix({ id: 99_999, time: 1_790_090_000 })];
    await s.catchUp();
    equal(s.store.cursor, 99_999);
});

test('a failed start is told, and the next attempt reads everything', async () => {
    const s = setUp();
    s.server.fail = new ApiError('network', 'down');
    await s.feed.load();
    deepEqual(s.told, ['failed']);
    equal(s.feed.fresh, null);
    s.server.fail = null;
    await s.catchUp();
    ok(s.feed.loaded);
    ok(s.told.includes('loaded'));
});

test('the end of the session ends the feed', async () => {
    const s = setUp();
    await s.feed.load();
    s.server.fail = new ApiError('signed-out', '403');
    await s.catchUp();
    equal(s.feed.state, 'signed-out');
    ok(s.told.includes('signed out'));
});

test('a report of a new device reads the list', async () => {
    const s = setUp();
    await s.feed.load();
    s.server.devices = [device(), device({ id: 2, key: 'anna/car', deviceId: 'car', name: 'Car' })];
    s.server.missed = [fix({ id: 11, device: 2, deviceKey: 'anna/car' })];
    await s.catchUp();
    equal(s.store.get(2)?.label, 'Car');
    equal(s.store.get(2)?.position?.id, 11);
});

test('while live everything is fresh, while not it ages', async () => {
    const s = setUp();
    await s.feed.load();
    const read = s.feed.fresh;
    s.time.now += 30;
    s.feed.tick();
    equal(s.feed.fresh, read);
});

test('an edge that was crossed is told: by its own event, by a position sent for it, and after a gap', async () => {
    const s = setUp();
    await s.feed.load();
    const onEvent = (event: LiveEvent): void => (s.feed as unknown as { onEvent(event: LiveEvent): void }).onEvent(event);
    onEvent({ type: 'crossing', deviceKey: 'anna/phone' });
    onEvent({ type: 'location', fix: fix({ id: 11 }) });
    onEvent({ type: 'location', fix: fix({ id: 12, deviceKey: 'anna/bike' }), crossing: true });
    s.server.missed = [fix({ id: 13 })];
    await s.catchUp();
    deepEqual(s.told.filter((one) => one.startsWith('crossing')), ['crossing anna/phone', 'crossing anna/bike', 'crossing any']);
});
