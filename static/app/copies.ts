// What the service worker keeps of the map page for when there is no network: personal data, so it goes with the session.

export const MAP_PAGE = '/';
export const DEVICES = '/api/devices/?limit=1000&offset=0'; // as api.ts asks
export const LAST_KNOWN = '/api/locations/last-known/';

const LOOKED_AT = ['/api/geofences/', '/api/tracks/', '/api/calendar/', '/api/transitions/'];
export const MOST_LOOKED_AT = 60;

/** Days and places that were looked at, as a whole: a part of a track that was looked at closely is not kept. */
export const isLookedAt = (path: string): boolean => LOOKED_AT.includes(path.split('?')[0] ?? '') && !path.includes('bbox=');

const COPIES = 'mytracks-copies-';
const LASTS = 6 * 86_400; // seconds: a session ends seven days after its last request, and no copy outlives it

const store: CacheStorage | undefined = globalThis.caches; // browsers have none on a page without TLS

/** The cache of one version: a page fits its own files alone. */
export const copiesOf = (version: string): string => COPIES + version;

export async function forgetCopies(): Promise<void> {
    const names = await store?.keys() ?? [];
    await Promise.all(names.filter((name) => name.startsWith(COPIES)).map((name) => store?.delete(name)));
}

/** When the server made it: Unix seconds. */
export const madeAt = (copy: Response): number => Date.parse(copy.headers.get('Date') ?? '') / 1000;

/** Null: there is none that may still be shown. */
export async function findCopy(path: string, cacheName?: string): Promise<Response | null> {
    const copy = await store?.match(path, { ignoreVary: true, ...(cacheName === undefined ? {} : { cacheName }) });
    if (!copy || Date.now() / 1000 - madeAt(copy) < LASTS) {
        return copy ?? null;
    }
    await forgetCopies();
    return null;
}
