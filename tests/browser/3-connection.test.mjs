// When things fail: network, feed, tiles, session. And the installed app.
import assert from 'node:assert/strict';
import { atRest, openMap, pixels, settled, signIn, until } from './browser.mjs';

const text = (page, selector) => page.textContent(selector);

/** In a page: of how many addresses the service worker keeps the answer for when there is no network. */
async function countCopies() {
    const names = (await caches.keys()).filter((name) => name.startsWith('mytracks-copies-'));
    const keys = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return keys.flat().length;
}

/** In a page: is there all of what the map needs without a network? */
async function hasCopies() {
    const files = [...document.querySelectorAll('script[src], link[rel=stylesheet], link[rel=modulepreload]')].map((node) => node.src ?? node.href);
    const asked = performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => /\/api\/(devices|geofences|tracks)\/\?|last-known/.test(name));
    const found = await Promise.all(['/', ...files, ...asked].map((url) => caches.match(url, { ignoreVary: true })));
    return asked.length >= 3 && found.every(Boolean);
}

/** In a page: those answers become an hour older. */
async function ageCopies() {
    const cache = await caches.open((await caches.keys()).find((name) => name.startsWith('mytracks-copies-')));
    for (const request of await cache.keys()) {
        const copy = await cache.match(request, { ignoreVary: true });
        const headers = new Headers(copy.headers);
        headers.set('Date', new Date(Date.parse(headers.get('Date')) - 3_600_000).toUTCString());
        await cache.put(request, new Response(await copy.blob(), { headers }));
    }
}

export const users = { anna: true, ben: false };
export async function prepare(stack) {
    await stack.post('anna', 'phone', { lat: 48.2082, lon: 16.3738, batt: 78 });
    await stack.post('ben', 'tablet', { lat: 48.25, lon: 16.4, batt: 41 });
}

export const tests = [
    {
        name: 'without a network the badge says so; afterwards what was missed is there',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, { allow: [/ERR_INTERNET_DISCONNECTED|WebSocket connection/] });
            await openMap(page, stack, 'anna', '#device=anna/phone');
            await page.waitForSelector('.marker[title=phone]');
            await page.context().setOffline(true);
            await page.waitForSelector('#live-state[data-state=offline]');
            await stack.post('anna', 'phone', { lat: 48.2111, lon: 16.3711, batt: 61 });
            await page.waitForTimeout(1200); // more than a position takes that can come
            assert.doesNotMatch(await text(page, '.device.selected'), /61%/);
            await page.context().setOffline(false);
            await page.waitForSelector('#live-state[data-state=live]');
            await until('the missed position', async () => /61%/.test(await text(page, '.device.selected')));
        },
    },
    {
        name: 'when only the feed fails, positions come over HTTP and the badge does not claim to be live',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, { allow: [/WebSocket/] });
            await signIn(page, stack, 'anna');
            await page.goto('about:blank');
            await page.addInitScript(() => {
                const Real = window.WebSocket;
                window.WebSocket = class extends Real {
                    constructor(url) {
                        super(url.replace('/ws/locations/', '/ws/nothing/'));
                    }
                };
            });
            await page.goto(`${stack.base}/#device=anna/phone`);
            await page.waitForSelector('#live-state[data-state=polling]');
            assert.match(await text(page, '#live-state'), /Updates every 10 s/);
            await stack.post('anna', 'phone', { lat: 48.2112, lon: 16.3712, batt: 59 });
            await until('the position', async () => /59%/.test(await text(page, '.device.selected')), 15_000);
            assert.equal(await page.getAttribute('#live-state', 'data-state'), 'polling');
        },
    },
    {
        name: 'when the server has started again with another version, the page offers to be loaded again',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await page.addInitScript(() => {
                const Real = window.WebSocket;
                window.WebSocket = class extends Real {
                    constructor(url) {
                        super(url);
                        window.restarted = (at) => this.onmessage({ data: JSON.stringify({ type: 'welcome', server_startup: at }) });
                    }
                };
            });
            await openMap(page, stack, 'anna', '#device=anna/phone&map=14/48.2082/16.3738');
            const asked = page.waitForResponse(`${stack.base}/`);
            await page.evaluate(() => window.restarted(1));
            await (await asked).finished();
            await settled(page);
            assert.equal(await page.locator('.toast').count(), 0);
            await page.route(`${stack.base}/`, async (route) => {
                const answer = await route.fetch();
                await route.fulfill({ response: answer, body: (await answer.text()).replaceAll('/static/home.', '/static/home.NEW') });
            });
            await page.evaluate(() => window.restarted(2));
            await page.waitForSelector('.toast:has-text("There is a new version")');
            await page.unroute(`${stack.base}/`);
            await Promise.all([page.waitForEvent('load'), page.click('.toast button:has-text("Reload")')]);
            await page.waitForSelector('#live-state[data-state=live]');
            assert.equal(await page.locator('.toast').count(), 0);
            assert.match(page.url(), /device=anna\/phone/);
        },
    },
    {
        name: 'a part that comes later and is gone is told of',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, { allow: [/\/static\/chart\./] });
            await page.route('**/static/chart.*', (route) => route.fulfill({ status: 404, body: '' }));
            await stack.post('anna', 'phone', { lat: 48.2083, lon: 16.3739, vel: 10 });
            await openMap(page, stack, 'anna', '#device=anna/phone');
            await page.keyboard.press('h');
            await page.waitForSelector('.toast:has-text("could not be loaded")');
        },
    },
    {
        name: 'when tiles fail the map stays usable and says what is missing',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, { tiles: 'fail', allow: [/\/api\/tiles\//] });
            await openMap(page, stack, 'anna');
            await page.waitForSelector('.map-note:has-text("background")');
            await page.waitForSelector('.marker[title=phone]');
            await page.click('.marker[title=tablet]');
            await page.waitForSelector('.device.selected .device-name:has-text("tablet")');
        },
    },
    {
        name: 'when the graphics fail the map is drawn anew',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, { allow: [/WebGL|context/i] });
            await openMap(page, stack, 'anna', '#map=14/48.2082/16.3738');
            await page.waitForSelector('.map-offscreen', { state: 'visible' });
            await atRest(page);
            const clip = { x: 700, y: 600, width: 200, height: 200 };
            const before = await pixels(page, clip);
            assert.ok(new Set(before).size > 4, 'tiles');
            await page.evaluate(async () => {
                const gl = document.querySelector('.maplibregl-canvas').getContext('webgl2');
                const context = gl.getExtension('WEBGL_lose_context');
                context.loseContext();
                await new Promise((resolve) => gl.canvas.addEventListener('webglcontextlost', () => setTimeout(resolve), { once: true }));
                document.querySelector('.map-offscreen').hidden = true;
                window.restore = () => context.restoreContext();
            });
            await stack.post('anna', 'phone', { lat: 48.2092, lon: 16.3748, acc: 30 }); // draws a trail
            await until('it has come', async () => /±30/.test(await text(page, '.device-list')));
            for (const colorScheme of ['dark', 'light']) {
                await page.emulateMedia({ colorScheme });
                await settled(page);
            }
            await page.evaluate(() => window.restore());
            await page.waitForSelector('.map-offscreen', { state: 'visible' });
            await until('the same picture', async () => JSON.stringify(await pixels(page, clip)) === JSON.stringify(before));
        },
    },
    {
        name: 'when the session has ended the page offers to sign in again',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, { allow: [/403|WebSocket|ERR_INTERNET/] });
            await openMap(page, stack, 'ben');
            stack.sql('delete from django_session'); // an answer on its way could set the cookie again
            await page.context().setOffline(true);
            await page.waitForSelector('#live-state[data-state=offline]');
            await page.context().setOffline(false);
            await page.click('.toast button:has-text("Sign in again")');
            await page.waitForURL((url) => url.pathname === '/login/');
        },
    },
    {
        name: 'the first reading fails: it is said, and can be tried again',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, { allow: [/500|503/] });
            let broken = true, asked = 0;
            await page.route('**/api/devices/**', (route) => {
                asked++;
                return broken ? route.fulfill({ status: 503, body: '{}' }) : route.continue();
            });
            await openMap(page, stack, 'anna');
            await until('it has tried once more by itself, with the feed', () => asked === 2);
            await page.waitForSelector('.empty:has-text("could not be loaded")');
            broken = false;
            await page.click('.empty button');
            await page.waitForSelector('.marker[title=phone]');
        },
    },
    {
        name: 'it can be installed, and without a network it opens with a page of its own',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, { serviceWorkers: 'allow', allow: [/ERR_INTERNET_DISCONNECTED|ERR_FAILED/] });
            await openMap(page, stack, 'anna');
            const manifest = await page.evaluate(async () => {
                const link = document.querySelector('link[rel=manifest]');
                return (await fetch(link.href)).json();
            });
            assert.equal(manifest.start_url, '/');
            assert.equal(manifest.scope, '/');
            assert.equal(manifest.display, 'standalone');
            for (const size of ['192x192', '512x512']) {
                const icon = manifest.icons.find((one) => one.sizes === size && one.purpose.split(' ').includes('any'));
                const answer = await page.request.get(stack.base + icon.src);
                assert.equal(answer.headers()['content-type'], 'image/png');
                assert.equal((await answer.body()).readUInt32BE(16), parseInt(size, 10));
            }
            await page.evaluate(() => navigator.serviceWorker.ready);
            assert.equal(await page.evaluate(async () => (await navigator.serviceWorker.ready).scope), `${stack.base}/`);
            await page.context().setOffline(true);
            await page.goto(`${stack.base}/profile/`);
            await page.waitForSelector('h1:has-text("No connection")');
            await page.context().setOffline(false);
        },
    },
    {
        name: 'who comes back on a third day is asked once whether it shall be an app',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, { phone: true });
            await openMap(page, stack, 'anna');
            const offer = () => page.evaluate(() => {
                window.prompted = 0;
                const event = Object.assign(new Event('beforeinstallprompt', { cancelable: true }), { prompt: async () => window.prompted++ });
                window.dispatchEvent(event);
                return event.defaultPrevented;
            });
            assert.equal(await offer(), true);
            assert.equal(await page.locator('.toast').count(), 0);
            await page.evaluate(() => localStorage.setItem('mytracks-visits', '2026-01-01 2026-01-02'));
            await offer();
            await browser.picture(page, 'install-phone');
            await page.click('.toast button:has-text("Install")');
            assert.equal(await page.evaluate(() => window.prompted), 1);
            await offer();
            assert.equal(await page.locator('.toast').count(), 0);
        },
    },
    {
        name: 'without a network the map opens with what it showed last and how old that is, until one signs out',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, { serviceWorkers: 'allow', allow: [/ERR_INTERNET_DISCONNECTED|ERR_FAILED|WebSocket/] });
            await openMap(page, stack, 'anna', '#device=anna/phone');
            await page.waitForSelector('#live-state[data-state=live]');
            await until('all of the first visit is kept', () => page.evaluate(hasCopies));
            await page.evaluate(ageCopies);
            await page.context().setOffline(true);
            await page.reload();
            await page.waitForSelector('.marker[title=phone]');
            await until('today is there', async () => /\d\d:\d\d/.test(await text(page, '.device-detail .today')));
            await page.waitForSelector('#live-state[data-state=offline]:has-text("Offline · data from 1 h ago")');
            assert.ok(await page.locator('.badge-text').evaluate((node) => node.scrollWidth <= node.clientWidth), 'all of it is to be seen');
            await page.context().setOffline(false);
            await page.waitForSelector('#live-state[data-state=live]');
            await page.click('#menu-button');
            await page.click('#menu button:has-text("Sign out")');
            await page.waitForURL((url) => url.pathname === '/login/');
            await page.context().setOffline(true);
            await page.goto(`${stack.base}/`);
            await page.waitForSelector('h1:has-text("No connection")');
            assert.equal(await page.evaluate(countCopies), 0);
            await page.context().setOffline(false);
        },
    },
    {
        name: 'what is kept for a page without a network goes when the session has ended',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, { serviceWorkers: 'allow', allow: [/403|WebSocket|ERR_INTERNET_DISCONNECTED|ERR_FAILED/] });
            await openMap(page, stack, 'ben');
            await page.evaluate(() => navigator.serviceWorker.ready);
            await page.reload();
            await page.waitForSelector('#live-state[data-state=live]');
            await until('all is kept', async () => await page.evaluate(countCopies) >= 3);
            await page.context().setOffline(true);
            await page.waitForSelector('#live-state[data-state=offline]');
            stack.sql('delete from django_session');
            await page.context().setOffline(false);
            await page.waitForSelector('.toast button:has-text("Sign in again")');
            await until('nothing is kept', async () => await page.evaluate(countCopies) === 0);
        },
    },
];
