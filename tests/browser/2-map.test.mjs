// The live map: what it shows, how it follows, what it costs.
import assert from 'node:assert/strict';
import { atRest, marker, openMap, signIn, until } from './browser.mjs';
import { get } from 'node:http';

const MOVING = { reducedMotion: 'no-preference' };
const HOME = { lat: 48.2082, lon: 16.3738 };
const now = () => Math.floor(Date.now() / 1000);
const row = (page, label) => page.locator('.device', { has: page.locator('.device-name', { hasText: label }) });

/** What a browser has to read for this file. */
const onTheWire = (url) => new Promise((resolve, reject) => {
    get(url, { headers: { 'Accept-Encoding': 'gzip' } }, (answer) => {
        let size = 0;
        answer.on('data', (chunk) => { size += chunk.length; });
        answer.on('end', () => resolve({ size, encoding: answer.headers['content-encoding'] }));
    }).on('error', reject);
});

export const users = { anna: true, ben: false };
export const tests = [
    {
        name: 'without a device the page tells how to connect one, and shows it when it comes',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, MOVING);
            await openMap(page, stack, 'ben');
            const steps = await page.textContent('.empty:has-text("owntracks/ben")');
            const { hostname } = new URL(stack.base);
            for (const word of [hostname, 'owntracks/ben/PHONE', `${stack.base}/api/locations/`, 'without TLS']) {
                assert.ok(steps.includes(word), word);
            }
            assert.equal(await page.locator('.empty').getByRole('link', { name: 'QR code' }).getAttribute('href'), '/profile/#add-phone');
            await page.waitForSelector('#new-fence:visible'); // the last that comes by itself
            await browser.picture(page, 'connect-desktop-light');
            await stack.post('ben', 'tablet', { lat: 48.25, lon: 16.42, batt: 9 });
            await page.waitForSelector('.marker[title=tablet]');
            assert.match(await row(page, 'tablet').textContent(), /just now|s ago/);
            assert.equal(await page.locator('.empty').count(), 0);
        },
    },
    {
        name: 'devices are on the map and in the list, with age, battery and accuracy; staff see all',
        async run({ stack, browser }) {
            await stack.post('anna', 'phone', { ...HOME, acc: 12, batt: 78, bs: 1, tst: now() - 200, vel: 0 });
            await stack.post('anna', 'car', { lat: 48.23, lon: 16.35, acc: 5, batt: 100, bs: 2, vel: 52, cog: 70 });
            const page = await browser.newPage(stack, MOVING);
            await openMap(page, stack, 'anna');
            for (const label of ['phone', 'car', 'tablet']) {
                await page.waitForSelector(`.marker[title="${label}"]`);
            }
            assert.match(await row(page, 'phone').textContent(), /3 min ago.*±12\sm.*78%/);
            assert.match(await row(page, 'car').textContent(), /52\skm\/h · ±5\sm.*100%.*charging/);
            assert.match(await row(page, 'tablet').textContent(), /from ben/);
            const order = await page.locator('.device-name').allTextContents();
            assert.deepEqual(order, ['car', 'phone', 'tablet']);
            assert.ok(await page.locator('.marker.moving[title=car]').count());
            const colours = await page.locator('.marker').evaluateAll((all) => all.map((one) => one.style.getPropertyValue('--colour')));
            assert.equal(new Set(colours).size, 3);
        },
    },
    {
        name: 'a user sees only the own devices',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, MOVING);
            await openMap(page, stack, 'ben');
            await page.waitForSelector('.marker');
            assert.deepEqual(await page.locator('.device-name').allTextContents(), ['tablet']);
            await stack.post('anna', 'phone', { lat: 48.2083, lon: 16.3739 });
            await stack.post('ben', 'tablet', { lat: 48.251, lon: 16.42, batt: 8 });
            await until('the own report', async () => /8%/.test(await row(page, 'tablet').textContent()));
            assert.equal(await page.locator('.marker').count(), 1);
        },
    },
    {
        name: 'a posted position moves the marker within a second, without a reload and without reading again',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, MOVING);
            await openMap(page, stack, 'anna');
            await page.waitForSelector('.marker[title=phone]');
            await page.evaluate(() => (window.stillHere = true));
            await atRest(page);
            const before = await marker(page, 'phone');
            const requests = page.seen.requests.filter((one) => one.url().includes('/api/')).length;
            const started = Date.now();
            await stack.post('anna', 'phone', { lat: HOME.lat + 0.004, lon: HOME.lon + 0.004, batt: 77 });
            await page.waitForFunction(([x, y]) => {
                const box = document.querySelector('.marker[title=phone]').getBoundingClientRect();
                return Math.hypot(box.x + box.width / 2 - x, box.y + box.height / 2 - y) > 2;
            }, [before.x, before.y], { polling: 'raf' });
            const took = Date.now() - started;
            assert.ok(took < 1000, `${took} ms`);
            assert.match(await row(page, 'phone').textContent(), /just now|[1-4] s ago/);
            assert.equal(await page.evaluate(() => window.stillHere), true);
            assert.equal(page.seen.requests.filter((one) => one.url().includes('/api/')).length, requests);
        },
    },
    {
        name: 'choosing a device shows it near, with today’s track; it grows live',
        async run({ stack, browser }) {
            for (let i = 0; i < 20; i++) {
                await stack.post('anna', 'bike', { lat: 48.19 + i * 0.001, lon: 16.33 + i * 0.0015, tst: now() - 60 + i, vel: 18 });
            }
            const page = await browser.newPage(stack, MOVING);
            await openMap(page, stack, 'anna');
            const before = await marker(page, 'bike');
            await row(page, 'bike').locator('.device-row').click();
            await until('the track', async () => /20 positions/.test(await row(page, 'bike').textContent()));
            assert.match(await row(page, 'bike').textContent(), /Today *\d\.\d\skm/);
            await until('the marker in the middle', async () => {
                const { x, y } = await marker(page, 'bike');
                return Math.abs(x - (1440 + 384) / 2) < 40 && Math.abs(y - 450) < 40;
            });
            assert.notDeepEqual(await marker(page, 'bike'), before);
            await stack.post('anna', 'bike', { lat: 48.2105, lon: 16.36, vel: 18 });
            await until('one more', async () => /21 positions/.test(await row(page, 'bike').textContent()));
        },
    },
    {
        name: 'a second click follows: the map goes with the device; dragging stops that',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, MOVING);
            await openMap(page, stack, 'anna');
            const button = row(page, 'bike').locator('.device-row');
            await button.click();
            await button.click();
            await page.waitForSelector('.actions [aria-pressed=true]');
            await atRest(page);
            await stack.post('anna', 'bike', { lat: 48.2125, lon: 16.363 });
            await until('the map where the device is', () => page.evaluate(() => {
                const [, lat, lon] = /map=[\d.]+\/([\d.-]+)\/([\d.-]+)/.exec(location.hash) ?? [];
                return Math.abs(lat - 48.2125) < 0.0005 && Math.abs(lon - 16.363) < 0.0005;
            }));
            await page.mouse.move(900, 300);
            await page.mouse.down();
            await page.mouse.move(800, 350, { steps: 5 });
            await page.mouse.up();
            await page.waitForSelector('.actions [aria-pressed=false]');
        },
    },
    {
        name: 'an inaccurate position does not move the marker, and that is said',
        async run({ stack, browser }) {
            stack.sql('delete from my_tracks_locationqualitysettings');
            stack.sql('insert into my_tracks_locationqualitysettings values (1, 1, 100)');
            const page = await browser.newPage(stack, MOVING);
            await openMap(page, stack, 'anna', '#device=anna/car');
            await page.waitForSelector('.marker[title=car]');
            await stack.post('anna', 'car', { lat: 48.6, lon: 16.9, acc: 1500 });
            await page.waitForSelector('.hint:has-text("1.5 km")');
            assert.match(await page.textContent('.facts'), /48\.23000, 16\.35000/);
            stack.sql('delete from my_tracks_locationqualitysettings');
        },
    },
    {
        name: 'the address holds device and view: reload, back and forward work',
        async run({ stack, browser }) {
            await stack.post('anna', 'van', { lat: 48.23, lon: 16.35 });
            const page = await browser.newPage(stack, MOVING);
            await openMap(page, stack, 'anna', '#device=anna/van&map=14.50/48.23000/16.35000');
            await page.waitForSelector('.device.selected .device-name:has-text("van")');
            const at = await marker(page, 'van');
            assert.ok(Math.abs(at.x - 912) < 3 && Math.abs(at.y - 450) < 3, JSON.stringify(at));
            await row(page, 'phone').locator('.device-row').click();
            await page.waitForFunction(() => location.hash.includes('device=anna/phone'));
            await atRest(page);
            await page.goBack();
            await page.waitForSelector('.device.selected .device-name:has-text("van")');
            await page.goForward();
            await page.waitForSelector('.device.selected .device-name:has-text("phone")');
            await page.reload();
            await page.waitForSelector('.device.selected .device-name:has-text("phone")');
        },
    },
    {
        name: 'names are text, whatever they hold',
        async run({ stack, browser }) {
            await stack.post('anna', 'x', { lat: 48.21, lon: 16.38 });
            stack.sql('update my_tracks_device set name = ? where device_id = ?', ['<img src=x onerror=alert(1)><b>x</b>', 'x']);
            const page = await browser.newPage(stack, MOVING);
            page.on('dialog', () => assert.fail('a script ran'));
            await openMap(page, stack, 'anna');
            await page.waitForSelector('.device-name:has-text("<b>x</b>")');
            assert.equal(await page.locator('.device-list b, .device-list img').count(), 0);
            stack.sql('update my_tracks_device set name = ? where device_id = ?', ['Scooter', 'x']);
        },
    },
    {
        name: 'drawn by the processor: the map goes with the hand, coarsely, is exact at rest, and then draws no more',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, MOVING);
            await openMap(page, stack, 'anna', '#map=14/48.22/16.36');
            /** Pixels of the map per pixel of the page, on the canvas that is seen. */
            const pixelRatio = () => page.evaluate(() => {
                const above = document.querySelector('.map-offscreen');
                const { width, clientWidth } = above.hidden ? document.querySelector('.maplibregl-canvas') : above;
                return width / clientWidth;
            });
            await until('exact', async () => await pixelRatio() === 1);
            await atRest(page);
            const { x } = await marker(page, 'phone');
            await page.mouse.move(1000, 450);
            await page.mouse.down();
            await page.mouse.move(800, 450, { steps: 20 });
            await until('as far as the hand', async () => Math.abs((await marker(page, 'phone')).x - x + 200) <= 12);
            assert.equal(await pixelRatio(), 0.5);
            await page.mouse.up();
            await until('exact again', async () => await pixelRatio() === 1);
            await atRest(page);
        },
    },
    {
        name: 'cost: at most 10 requests before tiles, 400 kB of code with the map library, 120 kB without',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, MOVING);
            await signIn(page, stack, 'anna');
            await page.goto('about:blank');
            const client = await page.context().newCDPSession(page);
            await client.send('Network.clearBrowserCache');
            page.seen.requests.length = 0;
            await page.goto(`${stack.base}/`);
            await page.waitForSelector('#live-state[data-state=live]');
            await until('tiles', () => page.seen.tiles > 0);
            const first = page.seen.requests.findIndex((one) => one.url().includes('/api/tiles/'));
            // The browser asks its cache for the icon of the tab a second time: that is not a request.
            const before = new Set(page.seen.requests.slice(0, first).map((one) => one.url()));
            assert.ok(before.size > 5 && before.size <= 10, [...before].join('\n'));
            let own = 0, library = 0;
            for (const url of new Set(page.seen.requests.map((one) => one.url()))) {
                if (/\/static\/.*\.(js|css)$/.test(url)) {
                    const { size, encoding } = await onTheWire(url);
                    assert.equal(encoding, 'gzip', url);
                    if (/\/maplibre/.test(url)) {
                        library += size;
                    } else {
                        own += size;
                    }
                }
            }
            assert.ok(own > 5000 && own <= 120_000, `own code: ${own}`);
            assert.ok(library > 100_000 && own + library <= 400_000, `with the library: ${own + library}`);
        },
    },
    {
        name: 'keys: devices one after the other, back, and the sheet that tells them',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, MOVING);
            await openMap(page, stack, 'anna');
            await page.waitForSelector('.device');
            const chosen = () => page.locator('.device-row[aria-expanded=true]').count();
            const label = () => page.locator('.device-row[aria-expanded=true] .device-name').textContent();
            const count = await page.locator('.device').count();
            assert.ok(count > 1);
            await page.keyboard.press('j');
            await page.waitForSelector('.device-row[aria-expanded=true]');
            const first = await label();
            await page.keyboard.press('j');
            await until('the second', async () => await label() !== first);
            await page.keyboard.press('k');
            await until('the first again', async () => await label() === first);
            await page.keyboard.press('f');
            await page.waitForSelector('[aria-pressed=true]:has-text("Following")');
            await page.keyboard.press('Escape');
            await until('none', async () => await chosen() === 0);
            await page.keyboard.press('?');
            const sheet = page.locator('dialog[open]');
            assert.ok(await sheet.getByText('The next device').isVisible());
            await page.keyboard.press('j');
            assert.equal(await chosen(), 0, 'the sheet keeps the keys');
            await page.keyboard.press('Escape');
            await until('closed', async () => await sheet.count() === 0);
            await page.getByRole('button', { name: 'Menu' }).click();
            await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
            await sheet.waitFor();
            await browser.picture(page, 'keys-desktop-light');
        },
    },
];
