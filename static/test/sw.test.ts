import { equal } from 'node:assert/strict';
import test from 'node:test';

const ORIGIN = 'https://host';
const SCRIPT = '/static/home.ABCDEFGH.js';
const broken = (): Promise<never> => Promise.reject(new Error('no room'));

/** What a worker finds around it. */
const run: Record<string, (event: unknown) => void> = {};
const world = {
    caches: {} as Record<string, unknown>,
    fetch: (): Promise<Response> => Promise.resolve(new Response('from the network')),
};
Object.assign(globalThis, {
    CACHE_NAME: 'mytracks-1', OFFLINE_URL: '/static/offline.ABCDEFGH.html', OFFLINE_ASSETS: [],
    location: { origin: ORIGIN },
    self: { addEventListener: (type: string, listener: (event: unknown) => void) => (run[type] = listener) },
    caches: new Proxy({}, { get: (_, name: string) => world.caches[name] }),
    fetch: () => world.fetch(),
});
await import('../sw/sw.ts');

/** What the worker answers; null: it leaves the request alone. */
async function ask(path: string, more: Partial<Request> = {}): Promise<Response | null> {
    let answer: Promise<Response> | null = null;
    run.fetch?.({
        request: { url: ORIGIN + path, method: 'GET', mode: 'cors', ...more },
        respondWith: (given: Promise<Response>) => (answer = given),
    });
    return answer;
}

test('a cache that cannot be opened, or has no room, does not keep a script from loading', async () => {
    for (const open of [broken, () => Promise.resolve({ match: broken, put: broken })]) {
        world.caches = { open, match: broken };
        equal(await (await ask(SCRIPT))?.text(), 'from the network');
    }
});

test('what is kept needs no network', async () => {
    world.caches = { open: () => Promise.resolve({ match: () => Promise.resolve(new Response('kept')) }) };
    equal(await (await ask(SCRIPT))?.text(), 'kept');
});

test('what others do is left alone', async () => {
    equal(await ask(SCRIPT, { method: 'POST' }), null);
    equal(await ask('/api/places/'), null);
});
