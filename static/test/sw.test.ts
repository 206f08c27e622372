import { equal, ok, rejects } from 'node:assert/strict';
import test from 'node:test';

const ORIGIN = 'https://host';
const SCRIPT = '/static/home.ABCDEFGH.js';
const OFFLINE = '/static/offline.ABCDEFGH.html';
const LAST_KNOWN = '/api/locations/last-known/';
const broken = (): Promise<never> => Promise.reject(new Error('no room'));

/** A browser's caches, as far as they are used here. */
class Caches {
    readonly all = new Map<string, Map<string, Response>>();
    readonly keys = (): Promise<string[]> => Promise.resolve([...this.all.keys()]);
    readonly delete = (name: string): Promise<boolean> => Promise.resolve(this.all.delete(name));

    open = (name: string): Promise<unknown> => {
        const cache = this.all.get(name) ?? new Map<string, Response>();
        this.all.set(name, cache);
        return Promise.resolve({
            match: ({ url }: Request) => Promise.resolve(cache.get(url.slice(ORIGIN.length))),
            put: (key: Request | string, answer: Response) =>
                Promise.resolve(void cache.set(typeof key === 'string' ? key : key.url.slice(ORIGIN.length), answer)),
            keys: () => Promise.resolve([...cache.keys()].map((path) => ({ url: ORIGIN + path }))),
            delete: (key: Request | string) => Promise.resolve(cache.delete(typeof key === 'string' ? key : key.url.slice(ORIGIN.length))),
        });
    };

    readonly match = (path: string, { cacheName }: CacheQueryOptions & { cacheName?: string } = {}): Promise<Response | undefined> => {
        const found = [...this.all].find(([name, cache]) => (cacheName ?? name) === name && cache.has(path));
        return Promise.resolve(found?.[1].get(path)?.clone());
    };
}

/** What a worker finds around it. */
const run: Record<string, (event: unknown) => void> = {};
const world = {
    caches: new Caches() as object,
    fetch: (): Promise<Response> => Promise.resolve(new Response('from the network')),
    did: [] as string[], // of notifications
    pages: [] as string[], // that are open
};
const did = (what: string): Promise<unknown> => Promise.resolve(world.did.push(what));
const openPage = (url: string): object => ({ url, focus: () => did(`focus ${url}`).then(() => openPage(url)), navigate: (path: string) => did(`navigate ${path}`) });
Object.assign(globalThis, {
    CACHE_NAME: 'mytracks-1', OFFLINE_URL: OFFLINE, OFFLINE_ASSETS: [], NOTICE_ICON: '/icon.png',
    location: { origin: ORIGIN },
    self: {
        addEventListener: (type: string, listener: (event: unknown) => void) => (run[type] = listener),
        clients: { matchAll: () => Promise.resolve(world.pages.map(openPage)), openWindow: (path: string) => did(`open ${path}`) },
        registration: {
            showNotification: (title: string, { data, icon }: NotificationOptions) => did(`show ${title}, ${String(data)}, ${icon}`),
            pushManager: { getSubscription: () => Promise.resolve({ unsubscribe: () => did('unsubscribe') }) },
        },
    },
    caches: new Proxy({}, { get: (_, name) => Reflect.get(world.caches, name) as unknown }),
    fetch: () => world.fetch(),
});
await import('../sw/sw.ts');

/** What the worker answers; null: it leaves the request alone. */
async function ask(path: string, more: Partial<Request> = {}): Promise<Response | null> {
    let answer: Promise<Response> | null = null;
    run.fetch?.({
        request: { url: ORIGIN + path, method: 'GET', mode: 'cors', ...more },
        respondWith: (given: Promise<Response>) => (answer = given),
        waitUntil: (work: Promise<unknown>) => void work,
    });
    return answer;
}
const visit = async (path: string): Promise<string | undefined> => (await ask(path, { mode: 'navigate' }))?.text();

const page = (script: string, made = Date.now()): Response =>
    new Response(`the map <script src="${script}">`, { headers: { Date: new Date(made).toUTCString() } });

/** The map page has been visited, and its script is kept; then the network goes. */
async function beenThere(made?: number): Promise<Caches> {
    const caches = world.caches = new Caches();
    await caches.open('mytracks-1');
    caches.all.get('mytracks-1')?.set(OFFLINE, new Response('no connection')).set(SCRIPT, new Response('script'));
    world.fetch = () => Promise.resolve(page(SCRIPT, made));
    await visit('/');
    world.fetch = broken;
    return caches;
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

test('without a network there is the map page of the last visit, and for others the page that says so', async () => {
    await beenThere();
    ok((await visit('/'))?.startsWith('the map'));
    equal(await visit('/profile/'), 'no connection');
});

test('a page that is too old, or whose files are not there, is not shown', async () => {
    const week = 7 * 86_400_000;
    const old = await beenThere(Date.now() - week);
    equal(await visit('/'), 'no connection');
    equal(old.all.size, 1);
    (await beenThere()).all.get('mytracks-1')?.delete(SCRIPT);
    equal(await visit('/'), 'no connection');
});

test('what is kept goes when one signs out or in, and when an answer says that the session has ended', async () => {
    const refused = (): Promise<Response> => Promise.resolve(new Response('', { status: 403 }));
    for (const end of [
        () => ask('/logout/', { method: 'POST' }), () => ask('/login/', { method: 'POST' }),
        () => {
            world.fetch = refused;
            return ask(LAST_KNOWN);
        },
    ]) {
        const { all } = await beenThere();
        equal(all.size, 2);
        await end();
        await new Promise((resolve) => setTimeout(resolve));
        equal(all.size, 1);
    }
});

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
const kept = (): string[] => [...(world.caches as Caches).all].filter(([name]) => name.startsWith('mytracks-copies-')).flatMap(([, cache]) => [...cache.keys()]);

test('days and places that were looked at are there without a network, the latest of them', async () => {
    await beenThere();
    world.fetch = () => Promise.resolve(new Response('a day', { headers: { Date: new Date().toUTCString() } }));
    for (let day = 0; day < 62; day++) {
        await ask(`/api/tracks/?start=${day}`);
        await settle();
    }
    await ask('/api/tracks/?start=2'); // the newest again
    await settle();
    world.fetch = broken;
    equal(await (await ask('/api/tracks/?start=2'))?.text(), 'a day');
    equal(await (await ask('/api/tracks/?start=61'))?.text(), 'a day');
    await rejects(ask('/api/tracks/?start=1'), /no room/);
    equal(kept().length, 61);
    ok(kept().includes('/'));
    equal(await ask('/api/tracks/?start=2&bbox=1,2,3,4'), null);
});

test('at the first visit it is told what there was before it', async () => {
    const { all } = world.caches = new Caches();
    world.fetch = () => Promise.resolve(page(SCRIPT));
    let work: Promise<unknown> = Promise.resolve();
    run.message?.({ data: ['/', SCRIPT, LAST_KNOWN, '/api/geofences/', '/api/account/', 7], waitUntil: (one: Promise<unknown>) => (work = one) });
    await work;
    await settle();
    equal(kept().sort().join(' '), `/ /api/geofences/ ${LAST_KNOWN}`);
    ok(all.get('mytracks-1')?.has(SCRIPT));
    world.fetch = broken;
    ok((await visit('/'))?.startsWith('the map'));
});

test('an answer that is on its way when the session ends is not kept', async () => {
    const { all } = await beenThere();
    let answer = (_: Response): void => undefined;
    world.fetch = () => new Promise((resolve) => (answer = resolve));
    const asked = ask(LAST_KNOWN);
    await ask('/logout/', { method: 'POST' });
    answer(new Response('[]'));
    await asked;
    await new Promise((resolve) => setTimeout(resolve));
    equal(all.size, 1);
});

/** What follows from an event of that kind. */
async function happens(type: string, event: object): Promise<string[]> {
    world.did = [];
    let work: Promise<unknown> = Promise.resolve();
    run[type]?.({ waitUntil: (one: Promise<unknown>) => (work = one), ...event });
    await work;
    return world.did;
}

test('what a rule tells is shown, whatever it is', async () => {
    const data = (sent: string): object => ({ data: { text: () => sent } });
    equal((await happens('push', data('{"title": "Fon left", "device": "anna/fon"}'))).join(), 'show Fon left, anna/fon, /icon.png');
    equal((await happens('push', data('?'))).join(), 'show mytracks, , /icon.png');
    equal((await happens('push', { data: null })).join(), 'show mytracks, , /icon.png');
});

test('a notification that is clicked leads to the map, to one that is open if there is one', async () => {
    const click = (): Promise<string[]> => happens('notificationclick', { notification: { close: () => void world.did.push('close'), data: 'anna/fon' } });
    world.pages = [`${ORIGIN}/profile/`];
    equal((await click()).join(), 'close,open /#device=anna/fon');
    world.pages = [`${ORIGIN}/profile/`, `${ORIGIN}/#device=anna/car`];
    equal((await click()).join(), `close,focus ${ORIGIN}/#device=anna/car,navigate /#device=anna/fon`);
});

test('who signs out is told nothing here any more', async () => {
    world.caches = new Caches();
    for (const [path, method, what] of [['/logout/', 'POST', 'unsubscribe'], ['/login/', 'POST', ''], ['/', 'GET', '']] as const) {
        equal((await happens('fetch', { request: { url: ORIGIN + path, method, mode: 'cors' } })).join(), what);
    }
});
