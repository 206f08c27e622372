// Service worker: built files from the cache, and when there is no network the map page with what it showed last, or
// else a friendly page. Nothing else is stored.
import { copiesOf, DEVICES, findCopy, forgetCopies, isLookedAt, LAST_KNOWN, MAP_PAGE, MOST_LOOKED_AT } from '../app/copies.ts';
import { optionsOf, parseNews, pathOf as mapOf } from './notify.ts';

declare const CACHE_NAME: string;
declare const OFFLINE_URL: string;
declare const OFFLINE_ASSETS: string[];
declare const NOTICE_ICON: string;

// TypeScript's DOM library knows pages only; these are the parts of a worker that are used here.
interface ExtendableEvent extends Event {
    waitUntil(work: Promise<unknown>): void;
}
interface FetchEvent extends ExtendableEvent {
    readonly request: Request;
    respondWith(answer: Promise<Response>): void;
}
interface MessageFromPage extends ExtendableEvent {
    readonly data: unknown;
}
interface PushMessage extends ExtendableEvent {
    readonly data: { text(): string } | null;
}
interface NoticeClick extends ExtendableEvent {
    readonly notification: Notification;
}
interface Page {
    readonly url: string;
    focus(): Promise<Page>;
    navigate(url: string): Promise<Page | null>;
}
interface Worker {
    addEventListener(type: 'install' | 'activate', run: (event: ExtendableEvent) => void): void;
    addEventListener(type: 'message', run: (event: MessageFromPage) => void): void;
    addEventListener(type: 'fetch', run: (event: FetchEvent) => void): void;
    addEventListener(type: 'push', run: (event: PushMessage) => void): void;
    addEventListener(type: 'notificationclick', run: (event: NoticeClick) => void): void;
    skipWaiting(): Promise<void>;
    readonly clients: { claim(): Promise<void>; matchAll(): Promise<readonly Page[]>; openWindow(url: string): Promise<unknown> };
    readonly registration: ServiceWorkerRegistration;
}
const worker = self as unknown as Worker;

const COPIES = copiesOf(CACHE_NAME);
const SIGN_OUT = '/logout/';
const SESSION_ENDS = ['/login/', SIGN_OUT, '/setup/']; // or becomes another's
const pathOf = (url: string): string => new URL(url).pathname + new URL(url).search;
const HASHED = /^\/static\/[^/]+\.[0-9A-Z]{8}\.[a-z0-9]+$/;

async function install(): Promise<void> {
    const cache = await caches.open(CACHE_NAME);
    await cache.addAll([OFFLINE_URL, ...OFFLINE_ASSETS]);
    await worker.skipWaiting();
}

async function activate(): Promise<void> {
    const names = await caches.keys();
    const old = names.filter((name) => name.startsWith('mytracks-') && ![CACHE_NAME, COPIES].includes(name));
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

let ended = 0; // sessions: an answer on its way when one ends is not kept

async function forget(): Promise<void> {
    ended++;
    await forgetCopies();
}

/** Of what was looked at the oldest go; the map's own three stay. */
async function trim(cache: Cache): Promise<void> {
    const looked = (await cache.keys()).filter(({ url }) => isLookedAt(pathOf(url)));
    await Promise.all(looked.slice(0, -MOST_LOOKED_AT).map((one) => cache.delete(one)));
}

async function keep(key: string, answer: Response, before: number): Promise<void> {
    try {
        const cache = await caches.open(COPIES);
        if (isLookedAt(key)) {
            await cache.delete(key); // it is the newest again
        }
        await cache.put(key, answer);
        await trim(cache);
    } finally {
        if (ended !== before) {
            await forgetCopies();
        }
    }
}

/** From the network, and kept for when there is none. */
async function fresh(event: ExtendableEvent, request: Request | string, key: string): Promise<Response> {
    const before = ended;
    const answer = await fetch(request, typeof request === 'string' ? { redirect: 'manual' } : {});
    if (answer.type === 'opaqueredirect' || answer.status === 401 || answer.status === 403) {
        event.waitUntil(forget());
    } else if (answer.ok) {
        event.waitUntil(keep(key, answer.clone(), before).catch(() => undefined));
    }
    return answer;
}

/** Null as well when one of its files is not there: they are of one version or are not shown. */
async function mapCopy(): Promise<Response | null> {
    const copy = await findCopy(MAP_PAGE, COPIES);
    const html = await copy?.clone().text() ?? '';
    const files = [...html.matchAll(/<(?:script|link rel="(?:stylesheet|modulepreload)")[^>]* (?:src|href)="([^"]+)"/g)];
    const kept = await Promise.all(files.map(([, file]) => caches.match(file ?? '', { cacheName: CACHE_NAME, ignoreVary: true })));
    return kept.every(Boolean) ? copy : null;
}

async function offline(isMap: boolean): Promise<Response> {
    const copy = isMap ? await mapCopy() : null;
    if (copy) {
        return copy;
    }
    const page = await caches.match(OFFLINE_URL);
    // Shown as a page whatever type the server gave the file.
    return page ? new Response(page.body, { headers: { 'Content-Type': 'text/html; charset=utf-8' } }) : Response.error();
}

/** Days and places are the same a moment later: the map's badge says that there is no network, and how old it all is. */
async function freshOrCopy(event: FetchEvent, key: string): Promise<Response> {
    try {
        return await fresh(event, event.request, key);
    } catch (error) {
        const copy = await findCopy(key, COPIES).catch(() => null);
        if (copy) {
            return copy;
        }
        throw error;
    }
}

async function page(event: FetchEvent, isMap: boolean): Promise<Response> {
    try {
        return await (isMap ? fresh(event, event.request, MAP_PAGE) : fetch(event.request));
    } catch {
        return offline(isMap).catch(() => Response.error());
    }
}

/** What a page had before there was a worker. */
async function keepNow(event: ExtendableEvent, path: string): Promise<unknown> {
    if (HASHED.test(path)) {
        return fromCache(new Request(new URL(path, location.origin)));
    }
    return path === MAP_PAGE || path === DEVICES || path === LAST_KNOWN || isLookedAt(path) ? fresh(event, path, path) : null;
}

async function tell(sent: string): Promise<void> {
    const news = parseNews(sent);
    await worker.registration.showNotification(news.title, optionsOf(news, NOTICE_ICON));
}

/** In a map that is open, else in a new one. */
async function open(path: string): Promise<unknown> {
    const map = (await worker.clients.matchAll()).find(({ url }) => new URL(url).pathname === MAP_PAGE);
    return map ? (await map.focus()).navigate(path) : worker.clients.openWindow(path);
}

/** Whoever signs out here is told nothing here any more; the server hears of it when it next tells something. */
async function unsubscribe(): Promise<void> {
    await (await worker.registration.pushManager.getSubscription())?.unsubscribe();
}

worker.addEventListener('push', (event) => event.waitUntil(tell(event.data?.text() ?? '')));
worker.addEventListener('notificationclick', (event) => {
    event.notification.close();
    event.waitUntil(open(mapOf(event.notification.data)));
});
worker.addEventListener('message', (event) => {
    const paths = Array.isArray(event.data) ? event.data.filter((path) => typeof path === 'string') : [];
    event.waitUntil(Promise.allSettled(paths.map((path) => keepNow(event, path))));
});
worker.addEventListener('install', (event) => event.waitUntil(install()));
worker.addEventListener('activate', (event) => event.waitUntil(activate()));
worker.addEventListener('fetch', (event) => {
    const { request } = event;
    const url = new URL(request.url);
    if (url.origin !== location.origin) {
        return;
    }
    if (SESSION_ENDS.includes(url.pathname)) {
        event.waitUntil(forget());
    }
    if (url.pathname === SIGN_OUT && request.method === 'POST') {
        event.waitUntil(unsubscribe().catch(() => undefined));
    }
    if (request.method !== 'GET') {
        return;
    }
    const path = pathOf(request.url);
    if (HASHED.test(url.pathname)) {
        event.respondWith(fromCache(request));
    } else if (request.mode === 'navigate') {
        event.respondWith(page(event, url.pathname === MAP_PAGE));
    } else if (path === DEVICES || path === LAST_KNOWN) {
        event.respondWith(fresh(event, request, path)); // whoever asks reads the copy, and says that it is one
    } else if (isLookedAt(path)) {
        event.respondWith(freshOrCopy(event, path));
    }
});
