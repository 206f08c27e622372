// Service worker: built files from the cache, a friendly page when there is no network. Pages, API
// answers and positions are never stored.

declare const CACHE_NAME: string;
declare const OFFLINE_URL: string;
declare const OFFLINE_ASSETS: string[];

// TypeScript's DOM library knows pages only; these are the parts of a worker that are used here.
interface ExtendableEvent extends Event {
    waitUntil(work: Promise<unknown>): void;
}
interface FetchEvent extends ExtendableEvent {
    readonly request: Request;
    respondWith(answer: Promise<Response>): void;
}
interface Worker {
    addEventListener(type: 'install' | 'activate', run: (event: ExtendableEvent) => void): void;
    addEventListener(type: 'fetch', run: (event: FetchEvent) => void): void;
    skipWaiting(): Promise<void>;
    readonly clients: { claim(): Promise<void> };
}
const worker = self as unknown as Worker;

const HASHED = /^\/static\/[^/]+\.[0-9A-Z]{8}\.[a-z0-9]+$/;

async function install(): Promise<void> {
    const cache = await caches.open(CACHE_NAME);
    await cache.addAll([OFFLINE_URL, ...OFFLINE_ASSETS]);
    await worker.skipWaiting();
}

async function activate(): Promise<void> {
    const names = await caches.keys();
    const old = names.filter((name) => name.startsWith('mytracks-') && name !== CACHE_NAME);
    await Promise.all(old.map((name) => caches.delete(name)));
    await worker.clients.claim();
}

/** A name with a hash never changes its content. Without a cache (no room, a private window) it comes from the network. */
async function fromCache(request: Request): Promise<Response> {
    const cache = await caches.open(CACHE_NAME).catch(() => null);
    const kept = await cache?.match(request).catch(() => null);
    if (kept) {
        return kept;
    }
    const answer = await fetch(request);
    if (answer.ok) {
        await cache?.put(request, answer.clone()).catch(() => null);
    }
    return answer;
}

async function page(request: Request): Promise<Response> {
    try {
        return await fetch(request);
    } catch (error) {
        const offline = await caches.match(OFFLINE_URL).catch(() => null);
        if (!offline) {
            throw error;
        }
        // Shown as a page whatever type the server gave the file.
        return new Response(offline.body, { headers: { 'Content-Type': 'text/html; charset=utf-8' } });
    }
}

worker.addEventListener('install', (event) => event.waitUntil(install()));
worker.addEventListener('activate', (event) => event.waitUntil(activate()));
worker.addEventListener('fetch', (event) => {
    const { request } = event;
    const url = new URL(request.url);
    if (request.method !== 'GET' || url.origin !== location.origin) {
        return;
    }
    if (HASHED.test(url.pathname)) {
        event.respondWith(fromCache(request));
    } else if (request.mode === 'navigate') {
        event.respondWith(page(request));
    }
});

export {};
