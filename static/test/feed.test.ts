import { deepEqual, equal, ok } from 'node:assert/strict';
import test from 'node:test';
import { ApiError, type Api } from '../app/api.ts';
import { Feed } from '../app/feed.ts';
import type { DeviceInfo, Fix, LiveEvent } from '../app/model.ts';
import { Store } from '../app/store.ts';
import { Today } from '../app/today.ts';
import { device, fix, liveWorld } from './make.ts';

const tick = async (): Promise<void> => {
    for (let i = 0; i < 5; i++) {
        await new Promise((resolve) => setTimeout(resolve));
    }
};

/** A feed whose server and clock are in the test's hands; catchUp is what a welcome would call. */
function setUp() {
    const server = {
        devices: [device()] as DeviceInfo[], known: [fix({ id: 10 })], missed: [] as Fix[], complete: true,
        kept: null as Awaited<ReturnType<Api['kept']>>, fail: null as ApiError | null, calls: [] as string[],
    };
    const say = <T>(call: string, answer: () => T): Promise<T> => {
        server.calls.push(call);
        return server.fail ? Promise.reject(server.fail) : Promise.resolve(answer());
    };
    const api: Api = {
        devices: () => say('devices', () => server.devices),
        lastKnown: () => say('last-known', () => server.known),
        since: (id) => say(`since ${id}`, () => ({ fixes: server.missed, complete: server.complete })),
        kept: () => Promise.resolve(server.kept),
    };
    const time = { now: 1_790_000_000 };
    const told: string[] = [];
    const { world, sockets, last, welcome } = liveWorld();
    const store = new Store(0, 'anna');
    const feed = new Feed('ws://x/', api, store, new Today({ reduced: () => say('track', () => ({ fixes: [], seen: 0, last: 0, metres: 0, tolerance: 0, spans: [] })) }, 0, () => undefined), {
        state: () => told.push('state'), loaded: () => told.push('loaded'), loadFailed: () => told.push('failed'),
        signedOut: () => told.push('signed out'), restarted: () => told.push('restarted'), crossing: (key) => told.push(`crossing ${key ?? 'any'}`),
        places: () => told.push('places'),
    }, () => time.now, world);
    const catchUp = async (): Promise<void> => {
        (feed as unknown as { catchUp(): Promise<void> }).catchUp().catch(() => undefined);
        await tick();
    };
    const event = (event: LiveEvent): void => (feed as unknown as { onEvent(event: LiveEvent): void }).onEvent(event);
    /** Seconds pass, with a tick at their end. */
    const wait = (seconds: number): void => {
        time.now += seconds;
        feed.tick();
    };
    /** All is read, the socket has been welcomed, and what was asked so far is forgotten. */
    const goLive = async (): Promise<void> => {
        await feed.load();
        feed.live.start();
        welcome();
        await tick();
        server.calls.length = 0;
    };
    return { server, feed, store, time, told, sockets, catchUp, event, wait, goLive, last, welcome };
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

test('a start without a network shows what was read before, with its age', async () => {
    const s = setUp();
    s.server.fail = new ApiError('network', 'down');
    s.server.kept = { devices: [device({ online: true })], fixes: [fix({ id: 9 })], at: 1_789_990_000 };
    await s.feed.load();
    deepEqual(s.told, ['loaded']);
    equal(s.feed.fresh, 1_789_990_000);
    equal(s.store.get(1)?.position?.id, 9);
    equal(s.store.get(1)?.online, false);
    s.server.fail = null;
    s.server.missed = [fix({ id: 10 })];
    s.feed.live.start();
    s.welcome();
    await tick();
    ok(s.told.includes('restarted'));
    deepEqual(s.server.calls.slice(2), ['since 9', 'devices']);
    equal(s.feed.fresh, s.time.now);
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

test('what was read ages until something is heard', async () => {
    const s = setUp();
    await s.feed.load();
    const read = s.feed.fresh;
    s.wait(30);
    equal(s.feed.fresh, read);
    s.event({ type: 'offline', deviceKey: 'anna/phone', at: null });
    equal(s.feed.fresh, s.time.now);
});

test('a silent socket is doubted: what was missed is read, and nothing is no news', async () => {
    const s = setUp();
    await s.goLive();
    s.wait(40);
    await tick();
    deepEqual(s.server.calls, []);
    s.wait(5);
    await tick();
    deepEqual(s.server.calls, ['since 10', 'devices']);
    equal(s.feed.fresh, s.time.now);
    equal(s.sockets.length, 1);
    equal(s.feed.state, 'live');
});

test('a silent socket that did not bring a position is dead', async () => {
    const s = setUp();
    await s.goLive();
    s.server.missed = [fix({ id: 11 })];
    s.wait(45);
    await tick();
    equal(s.sockets.length, 2);
    equal(s.store.cursor, 11);
});

test('a silent socket is dropped when nothing can be read; a server in trouble is asked again later', async () => {
    const s = setUp();
    await s.goLive();
    s.server.fail = new ApiError('server', '502');
    s.wait(45);
    s.wait(5);
    await tick();
    deepEqual(s.server.calls, ['since 10']);
    equal(s.feed.state, 'live');
    s.server.fail = new ApiError('network', 'down');
    s.wait(40);
    await tick();
    equal(s.feed.state, 'reconnecting');
});

test('without a socket it is read every ten seconds, and said so as long as that works', async () => {
    const s = setUp();
    await s.goLive();
    s.last().onclose?.();
    equal(s.feed.state, 'reconnecting');
    await tick();
    equal(s.feed.state, 'polling');
    s.server.missed = [fix({ id: 11 })];
    s.wait(5);
    s.wait(5);
    await tick();
    deepEqual(s.server.calls.filter((call) => call.startsWith('since')), ['since 10', 'since 10']);
    equal(s.store.cursor, 11);
    equal(s.feed.state, 'polling');
    s.server.fail = new ApiError('network', 'down');
    s.wait(10);
    await tick();
    equal(s.feed.state, 'reconnecting');
});

test('a welcome from another process is told', async () => {
    const s = setUp();
    await s.goLive();
    s.welcome(5);
    ok(!s.told.includes('restarted'));
    s.welcome(6);
    ok(s.told.includes('restarted'));
});

test('an edge that was crossed is told: by its own event, by a position sent for it, and after a gap', async () => {
    const s = setUp();
    await s.feed.load();
    s.event({ type: 'crossing', deviceKey: 'anna/phone' });
    s.event({ type: 'location', fix: fix({ id: 11 }) });
    s.event({ type: 'location', fix: fix({ id: 12, deviceKey: 'anna/bike' }), crossing: true });
    s.server.missed = [fix({ id: 13 })];
    await s.catchUp();
    deepEqual(s.told.filter((one) => one.startsWith('crossing')), ['crossing anna/phone', 'crossing anna/bike', 'crossing any']);
});
