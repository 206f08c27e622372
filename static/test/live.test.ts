import { deepEqual, equal, ok } from 'node:assert/strict';
import test from 'node:test';
import { backoff, Live, type LiveState } from '../app/live.ts';
import type { LiveEvent } from '../app/model.ts';
import { liveWorld } from './make.ts';

/** A feed whose sockets and timers are in the test's hands. */
function setUp() {
    const { world, sockets, timers, network, last, welcome } = liveWorld();
    const states: LiveState[] = [];
    const events: LiveEvent[] = [];
    const counts = { catchUps: 0 };
    const live = new Live('ws://host/ws/locations/', {
        state: (state) => states.push(state),
        event: (event) => events.push(event),
        catchUp: () => counts.catchUps++,
    }, world);
    const fire = (): number => {
        equal(timers.size, 1);
        const [[id, timer] = [0, { run: () => undefined, ms: -1 }]] = timers;
        timers.delete(id);
        timer.run();
        return timer.ms;
    };
    return { live, sockets, states, events, timers, counts, network, last, fire, welcome };
}

test('backoff doubles, has jitter, and an end', () => {
    deepEqual([0, 1, 2, 5, 6, 40].map((n) => backoff(n, () => 0)), [500, 1000, 2000, 15_000, 15_000, 15_000]);
    equal(backoff(0, () => 1), 1000);
    equal(backoff(40, () => 1), 30_000);
});

test('live with the welcome, not before, and then what was missed is read', () => {
    const s = setUp();
    s.live.start();
    deepEqual(s.states, []);
    equal(s.live.state, 'connecting');
    s.welcome();
    deepEqual(s.states, ['live']);
    equal(s.counts.catchUps, 1);
    equal(s.timers.size, 0);
});

test('a socket that closes comes back later and later; each failure reads over HTTP', () => {
    const s = setUp();
    s.live.start();
    s.welcome();
    const waits: number[] = [];
    for (let i = 0; i < 4; i++) {
        s.last().onclose?.();
        waits.push(s.fire());
    }
    deepEqual(waits, [500, 1000, 2000, 4000]);
    deepEqual(s.states, ['live', 'reconnecting']);
    equal(s.counts.catchUps, 5);
    s.welcome();
    equal(s.live.state, 'live');
    s.last().onclose?.();
    equal(s.fire(), 500);
});

test('a server that accepts and closes again does not restart the waiting', () => {
    const s = setUp();
    s.live.start();
    s.last().onclose?.();
    s.fire();
    s.last().onclose?.();
    equal(s.fire(), 1000);
});

test('no welcome within ten seconds is a failure', () => {
    const s = setUp();
    s.live.start();
    equal(s.fire(), 10_000);
    ok(s.sockets[0]?.closed);
    equal(s.live.state, 'reconnecting');
});

test('what an old socket still says is not heard', () => {
    const s = setUp();
    s.live.start();
    const first = s.last();
    const message = first.onmessage;
    s.live.restart();
    message?.({ data: '{"type": "welcome", "server_startup": 5}' });
    equal(s.live.state, 'connecting');
});

test('without a network it says offline, and wakes when it is back', () => {
    const s = setUp();
    s.live.start();
    s.welcome();
    s.network.online = false;
    s.live.networkLost();
    equal(s.live.state, 'offline');
    s.network.online = true;
    s.live.wake();
    equal(s.sockets.length, 2);
    s.welcome();
    deepEqual(s.states, ['live', 'offline', 'live']);
    s.live.wake();
    equal(s.sockets.length, 2);
});

test('after the end of the session nothing is tried any more', () => {
    const s = setUp();
    s.live.start();
    s.welcome();
    s.live.stop();
    s.live.wake();
    s.live.restart();
    s.live.networkLost();
    equal(s.sockets.length, 1);
    equal(s.timers.size, 0);
    equal(s.live.state, 'signed-out');
});

test('noise is ignored', () => {
    const s = setUp();
    s.live.start();
    for (const data of ['', '{}', '{"type": "later"}', new ArrayBuffer(3)]) {
        s.last().onmessage?.({ data });
    }
    deepEqual(s.events, []);
});
