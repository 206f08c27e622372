// Sizes, themes, contrast, keyboard; and the pictures in docs/screenshots.
import assert from 'node:assert/strict';
import { drawn, openMap, settled, signIn, until } from './browser.mjs';
import { axe, inEachTheme, lookAt, lowContrast, sizes } from './look.mjs';

const now = () => Math.floor(Date.now() / 1000);

export const users = { anna: true, ben: false, lea: false, tom: false };

/** A day that is worth a picture, of users of their own. Times are relative, so it fits any clock (but
    not just after midnight). */
async function household(stack) {
    await stack.post('lea', 'watch', { lat: 48.2131, lon: 16.3608, tst: now() - 26 * 3600, acc: 38, batt: 9, bs: 1 });
    await stack.post('lea', 'car', { lat: 48.1916, lon: 16.3931, tst: now() - 42, acc: 5, vel: 52, cog: 70, batt: 100, bs: 2 });
    await stack.post('tom', 'iphone', { lat: 48.2234, lon: 16.3837, tst: now() - 47 * 60, acc: 24, batt: 55, bs: 1 });
    let lat = 48.196, lon = 16.335, heading = 0.9;
    for (let i = 0; i < 120; i++) {
        const step = i > 40 && i < 90 ? 0.0011 : 0.00035;
        heading += Math.sin(i / 6) * 0.16 + Math.cos(i / 17) * 0.1;
        lat += Math.cos(heading) * step;
        lon += Math.sin(heading) * step * 1.5;
        await stack.post('lea', 'phone', {
            lat, lon, tst: now() - (119 - i) * 45 - 20, vel: step > 0.001 ? 38 : 5, acc: 8 + (i % 5),
            cog: Math.round(((heading * 180) / Math.PI + 3600) % 360), batt: 90 - Math.floor(i / 10), bs: 1, alt: 171,
        });
    }
    for (const [user, id, name] of [['lea', 'phone', 'Lea’s phone'], ['lea', 'car', 'Car'], ['lea', 'watch', 'Watch'], ['tom', 'iphone', 'Tom']]) {
        stack.sql('update my_tracks_device set name = ?, is_online = device_id in (\'phone\', \'car\') where device_id = ? and owner_id ='
            + ' (select id from auth_user where username = ?)', [name, id, user]);
    }
    stack.sql('insert into my_tracks_deviceshare (created_at, device_id, shared_with_id) select datetime(\'now\'), d.id, u.id'
        + ' from my_tracks_device d, auth_user u where d.device_id = \'iphone\' and u.username = \'lea\'');
}

export const tests = [
    ...sizes.map(({ size, ...options }) => ({
        name: `sign-in page, ${size}: contrast, names, picture`,
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, options);
            await page.goto(`${stack.base}/login/`);
            await page.waitForSelector('#show-password:not([hidden])');
            await lookAt(page, browser, `login-${size}`);
            await page.fill('#username', 'anna');
            await page.fill('#password', 'wrong');
            await page.click('button[type=submit]');
            await page.waitForSelector('.error');
            await inEachTheme(page, async () => assert.deepEqual(await page.evaluate(lowContrast), []));
        },
    })),
    {
        name: '(a day for the pictures)',
        run: ({ stack }) => household(stack),
    },
    ...sizes.map(({ size, ...options }) => ({
        name: `map page, ${size}: contrast, names, pictures`,
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, options);
            await openMap(page, stack, 'lea');
            await page.waitForSelector('.marker[title="Lea’s phone"]');
            await page.waitForSelector('.marker[title="Tom"]');
            await page.waitForSelector('#new-fence:visible'); // the last that comes by itself
            await lookAt(page, browser, `map-${size}`);
            await page.locator('.device-row', { hasText: 'Lea’s phone' }).click();
            await until('the track', async () => /positions/.test(await page.textContent('.device.selected')));
            await drawn(page, () => page.locator('.actions button', { hasText: 'Show track' }).click());
            await inEachTheme(page, async (theme) => {
                await browser.picture(page, `track-${size}-${theme}`);
                assert.deepEqual(await page.evaluate(lowContrast), []);
                await page.click('#menu-button');
                assert.deepEqual(await page.evaluate(lowContrast), []);
                assert.deepEqual(await axe(page), []);
                await page.keyboard.press('Escape');
            });
        },
    })),
    {
        name: 'on a phone the name of the device that is chosen is in sight, from the list as from the map',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, { phone: true });
            await openMap(page, stack, 'lea');
            const inSight = async (name) => {
                await until('the track', async () => !/Loading/.test(await page.textContent('.device.selected .today')));
                await settled(page);
                const [list, row] = [await page.locator('#devices').boundingBox(), await page.locator('.device.selected .device-title').boundingBox()];
                assert.ok(row.y >= list.y && row.y + row.height <= list.y + list.height, `${name}: ${JSON.stringify([list, row])}`);
            };
            for (const name of await page.locator('.device-name').allTextContents()) {
                await page.locator('.device-row', { hasText: name }).click();
                await inSight(name);
            }
            await page.locator('.marker[title="Lea’s phone"]').dispatchEvent('click');
            await inSight('from the map');
            await page.getByRole('button', { name: 'Close' }).scrollIntoViewIfNeeded();
            await inSight('at the end of its details');
        },
    },
    {
        name: 'from 360 to 2560 pixels nothing is cut off or scrolls sideways',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await openMap(page, stack, 'lea', '#device=lea/phone');
            for (const [width, height] of [[360, 640], [390, 844], [767, 900], [768, 1024], [1024, 600], [1440, 900], [2560, 1440]]) {
                await page.setViewportSize({ width, height });
                await settled(page);
                const out = await page.evaluate(() => {
                    const { clientWidth, clientHeight } = document.documentElement;
                    const wide = document.documentElement.scrollWidth > clientWidth ? ['page'] : [];
                    return wide.concat([...document.querySelectorAll('.bar, .bar button, .badge, .panel, .panel-head, .device, .actions button, #show-all')]
                        .filter((node) => node.checkVisibility() && !(node.matches('.panel-body *') && node.getBoundingClientRect().top > clientHeight - 10)
                            && (({ left, right }) => left < 0 || right > clientWidth)(node.getBoundingClientRect()))
                        .map((node) => node.className));
                });
                assert.deepEqual(out, [], `${width} x ${height}`);
                const list = await page.evaluate(() => {
                    const body = document.querySelector('.panel-body');
                    return { sideways: body.scrollWidth - body.clientWidth, height: body.clientHeight };
                });
                assert.equal(list.sideways, 0, `${width} x ${height}`);
                assert.ok(list.height > 60, `${width} x ${height}: the list is ${list.height} high`);
            }
        },
    },
    {
        name: 'miles for those who want them, everywhere and from then on',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await openMap(page, stack, 'anna');
            const list = page.locator('.device-list');
            await list.locator('text=/±.*\\d\\sm\\b/').first().waitFor();
            await page.click('#menu-button');
            const reloaded = page.waitForEvent('load');
            await page.locator('#units-choice label', { hasText: 'Imperial' }).click();
            await reloaded;
            await list.locator('text=/±.*\\d\\sft\\b/').first().waitFor();
            assert.equal(await list.locator('text=/\\d\\sm\\b/').count(), 0);
            await page.click('#menu-button');
            assert.ok(await page.locator('#units-choice input[value=imperial]').isChecked());
        },
    },
    {
        name: 'a theme that was chosen stays, also before the page is drawn',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, { colorScheme: 'light' });
            await openMap(page, stack, 'anna');
            const surface = () => page.evaluate(() => getComputedStyle(document.querySelector('.bar')).backgroundColor);
            const light = await surface();
            await page.click('#menu-button');
            await page.locator('#theme-choice label', { hasText: 'Dark' }).click();
            const dark = await surface();
            assert.notEqual(dark, light);
            await page.reload();
            assert.equal(await surface(), dark);
            await page.goto(`${stack.base}/login/`);
            assert.equal(await page.getAttribute('html', 'data-theme'), 'dark');
            await page.goto(`${stack.base}/`);
            await page.click('#menu-button');
            await page.locator('#theme-choice label', { hasText: 'System' }).click();
            assert.equal(await surface(), light);
            await page.emulateMedia({ colorScheme: 'dark' });
            assert.equal(await surface(), dark);
        },
    },
    {
        name: 'the theme is chosen at the top of every page too, by clicks and by keys',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, { colorScheme: 'light' });
            await signIn(page, stack, 'anna', '/about/');
            const menu = page.locator('.theme-menu');
            const chosen = () => page.getAttribute('html', 'data-theme');
            await menu.locator('summary').click();
            await menu.locator('label', { hasText: 'Dark' }).click();
            assert.equal(await chosen(), 'dark');
            await page.mouse.click(200, 600);
            assert.ok(await menu.locator('fieldset').isHidden());
            for (const path of ['/profile/', '/geofences/', '/admin-panel/', '/admin-panel/status/', '/admin-panel/data/']) {
                await page.goto(stack.base + path);
                assert.equal(await chosen(), 'dark', path);
                await menu.locator('summary').press('Enter');
                assert.equal(await menu.locator('input:checked').inputValue(), 'dark', path);
            }
            await menu.locator('input[value=dark]').focus();
            await page.keyboard.press('ArrowLeft');
            assert.equal(await chosen(), 'light');
            await page.keyboard.press('Escape');
            assert.ok(await menu.locator('fieldset').isHidden());
            assert.ok(await menu.locator('summary').evaluate((node) => node === document.activeElement));
        },
    },
    ...sizes.map(({ size, ...options }) => ({
        name: `theme menu of a page, ${size}: contrast, names, nothing sideways, picture`,
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, options);
            await signIn(page, stack, 'anna', '/about/');
            await page.locator('.theme-menu summary').click();
            await lookAt(page, browser, `theme-menu-${size}`);
        },
    })),
    {
        name: 'the edge between panel and map is dragged and moved by keys, and stays; the map keeps what is in its middle there',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await openMap(page, stack, 'anna');
            const width = async () => Math.round((await page.locator('.panel').boundingBox()).width);
            const edge = page.getByRole('separator', { name: 'Width of the panel' });
            const before = await width();
            const { x, y, height } = await edge.boundingBox();
            await page.mouse.move(x + 5, y + height / 2);
            await page.mouse.down();
            await page.mouse.move(x + 165, y + height / 2, { steps: 4 });
            await page.mouse.up();
            assert.equal(await width(), before + 160);
            await edge.press('ArrowLeft');
            assert.equal(await width(), before + 136);
            assert.equal(await edge.getAttribute('aria-valuenow'), String(before + 136));
            await page.reload();
            await page.waitForSelector('.device-row');
            assert.equal(await width(), before + 136);
            await edge.press('Home');
            assert.equal(await width(), 300);
            await edge.press('End');
            assert.equal(await width(), 900);
            await page.setViewportSize({ width: 800, height: 900 });
            await until('room for the map', async () => await width() === 480);
            await edge.dblclick();
            assert.equal(await width(), before);
        },
    },
    {
        name: 'keyboard: skip link, list, details, menu; Escape closes',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await openMap(page, stack, 'anna');
            await page.waitForSelector('.device-row');
            await page.keyboard.press('Tab');
            assert.match(await page.evaluate(() => document.activeElement.className), /skip-link/);
            await page.keyboard.press('Enter');
            await page.keyboard.press('Tab');
            assert.match(await page.evaluate(() => document.activeElement.className), /device-row/);
            await page.keyboard.press('Enter');
            await page.waitForSelector('.device.selected');
            await page.keyboard.press('Escape');
            await page.waitForSelector('.device.selected', { state: 'detached' });
            assert.match(await page.evaluate(() => document.activeElement.className), /device-row/);
            await page.focus('#menu-button');
            await page.keyboard.press('Enter');
            await page.waitForSelector('#menu:not([hidden])');
            for (const path of ['/statistics/', '/geofences/', '/profile/', '/admin-panel/', '/about/']) {
                await page.keyboard.press('Tab');
                assert.equal(await page.evaluate(() => document.activeElement.getAttribute('href')), path);
            }
            await page.keyboard.press('Tab');
            await page.keyboard.press('ArrowRight');
            assert.equal(await page.getAttribute('html', 'data-theme'), 'light');
            await page.keyboard.press('Escape');
            await page.waitForSelector('#menu', { state: 'hidden' });
            assert.equal(await page.evaluate(() => document.activeElement.id), 'menu-button');
        },
    },
    {
        name: 'with reduced motion markers and map jump',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, { reducedMotion: 'reduce' });
            await stack.post('ben', 'tablet', { lat: 48.25, lon: 16.4, batt: 41 });
            await openMap(page, stack, 'anna', '#map=13/48.25/16.4');
            await page.waitForSelector('.marker[title=tablet]');
            await page.evaluate(() => {
                const node = document.querySelector('.marker[title=tablet]');
                window.places = new Set();
                new MutationObserver(() => window.places.add(node.style.transform)).observe(node, { attributeFilter: ['style'] });
            });
            await stack.post('ben', 'tablet', { lat: 48.255, lon: 16.41, batt: 40 });
            await page.waitForFunction(() => window.places.size > 0);
            await page.waitForTimeout(1500); // a marker that glides would take about as long
            assert.equal(await page.evaluate(() => window.places.size), 1);
        },
    },
    {
        name: 'on a phone the sheet opens by its handle and by dragging',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, { phone: true });
            await signIn(page, stack, 'anna');
            await page.waitForSelector('.device-row');
            const top = async () => (await page.locator('.panel').boundingBox()).y;
            const half = await top();
            await page.click('#panel-handle');
            await until('full', async () => await top() < 80);
            await page.click('#panel-handle');
            await until('peek', async () => await top() > half + 100);
            await settled(page);
            const box = await page.locator('#panel-handle').boundingBox();
            await page.mouse.move(box.x + box.width / 2, box.y + 10);
            await page.mouse.down();
            await page.mouse.move(box.x + box.width / 2, box.y - 240, { steps: 12 });
            await page.waitForTimeout(250); // a hand that has stopped throws nothing
            await page.mouse.move(box.x + box.width / 2, box.y - 241);
            await page.mouse.up();
            await until('half again', async () => Math.abs(await top() - half) < 4);
        },
    },
];
