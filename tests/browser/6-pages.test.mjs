// The profile and the page that tells how to connect a phone.
import assert from 'node:assert/strict';
import { signIn, until } from './browser.mjs';
import { lookAt, sizes } from './look.mjs';
import { PASSWORD } from './stack.mjs';

export const users = { carl: false, charlotte: false };

const send = (page, name) => page.locator('form', { has: page.locator(`[name=${name}]`) }).locator('button[type=submit]').click();

export const tests = [
    {
        name: 'names and home place are kept, and wrong ones told',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await signIn(page, stack, 'carl', '/profile/');
            await page.fill('#first_name', 'Carl <b>');
            await page.fill('#email', 'carl@example.org');
            await send(page, 'first_name');
            await page.waitForSelector('.message.good');
            assert.equal(await page.inputValue('#first_name'), 'Carl <b>');
            await page.fill('#home_latitude', '95');
            await page.fill('#home_longitude', '16.37');
            await send(page, 'home_latitude');
            await page.waitForSelector('.message.bad');
            await page.fill('#home_latitude', '48.2082');
            await page.fill('#home_longitude', '16.3738');
            await page.fill('#home_label', 'Flat');
            await send(page, 'home_latitude');
            await page.waitForSelector('.message.good');
            await page.reload();
            assert.equal(await page.inputValue('#home_label'), 'Flat');
            assert.equal(await page.inputValue('#email'), 'carl@example.org');
        },
    },
    {
        name: 'the home place on a map: a click sets it, the pin is dragged, what is typed moves it; or where one was last',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await signIn(page, stack, 'carl', '/profile/');
            const field = async (name) => Number(await page.inputValue(`#home_${name}`));
            const put = (lat, lon) => page.fill('#home_latitude', String(lat)).then(() => page.fill('#home_longitude', String(lon)));
            assert.equal(page.seen.requests.some((request) => request.url().includes('maplibre')), false, 'the library comes when it is wanted');
            await put(48.2, 16.37);
            await page.getByRole('button', { name: 'Choose on the map' }).click();
            const pin = page.locator('.home-map .place-pin');
            await pin.waitFor();
            await page.locator('.home-map').scrollIntoViewIfNeeded();
            const box = await page.locator('.home-map').boundingBox();
            await until('it is in the middle', async () => Math.abs((await pin.boundingBox()).x - box.x - box.width / 2) < 30);
            await page.mouse.click(box.x + box.width / 2 + 100, box.y + box.height / 2);
            await until('further to the east', async () => await field('longitude') > 16.3705);
            const [lat, before] = [await field('latitude'), await pin.boundingBox()];
            await page.mouse.move(before.x + before.width / 2, before.y + before.height / 2);
            await page.mouse.down();
            await page.mouse.move(before.x + before.width / 2, before.y - 40, { steps: 5 });
            await page.mouse.up();
            await until('further to the north', async () => await field('latitude') > lat + 0.0001);
            await send(page, 'home_latitude');
            await page.waitForSelector('.message.good');
            assert.equal(await field('latitude') > lat, true);
            await page.getByRole('button', { name: 'Use my last position' }).click();
            await page.locator('.toast', { hasText: 'None of your devices' }).waitFor();
            await stack.post('carl', 'home phone', { lat: 47.5, lon: 15.25, tst: Math.floor(Date.now() / 1000) - 60 });
            await page.getByRole('button', { name: 'Use my last position' }).click();
            await until('it is there', async () => await field('latitude') === 47.5 && await field('longitude') === 15.25);
            await page.getByRole('button', { name: 'Choose on the map' }).click();
            await pin.waitFor();
            await page.locator('#locations').scrollIntoViewIfNeeded();
            await browser.picture(page, 'home-map');
        },
    },
    {
        name: 'a map of the home place that could not be loaded is told, and tried again with the next click',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, { allow: [/ERR_FAILED/] });
            await signIn(page, stack, 'carl', '/profile/');
            const onMap = page.getByRole('button', { name: 'On the map' });
            const told = (text) => page.locator('.toast', { hasText: text }).waitFor();
            const closed = async () => await onMap.getAttribute('aria-expanded') === 'false' && await page.locator('.home-map').isHidden();
            for (const [script, words] of [['homemap', 'A part of this page could not be loaded'], ['maplibre', 'The map could not be started']]) {
                await page.route(`**/static/${script}*`, (route) => route.abort());
                await onMap.click();
                await told(words);
                assert.equal(await closed(), true);
                await page.unroute(`**/static/${script}*`);
            }
            await page.fill('#home_latitude', '48.2');
            await page.fill('#home_longitude', '16.37');
            await onMap.click();
            await page.locator('.home-map .place-pin').waitFor();
            assert.equal(await page.locator('.home-map .place-map-canvas').count(), 1);
        },
    },
    {
        name: 'a new password is checked, set, and keeps this browser signed in',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await signIn(page, stack, 'carl', '/profile/');
            const change = async (now, next) => {
                await page.fill('#current_password', now);
                await page.fill('#new_password', next);
                await page.fill('#confirm_password', next);
                await send(page, 'current_password');
            };
            await change(PASSWORD, 'password1');
            await page.waitForSelector('.message.bad');
            await change('not this', 'Another-Horse-8');
            await page.waitForSelector('.message.bad');
            await change(PASSWORD, 'Another-Horse-8');
            await page.waitForSelector('.message.good');
            await change('Another-Horse-8', PASSWORD);
            await page.waitForSelector('.message.good');
        },
    },
    {
        name: 'a password that resembles the name is refused, unless that is allowed',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await signIn(page, stack, 'charlotte', '/profile/');
            const change = async (now, next) => {
                await page.fill('#current_password', now);
                await page.fill('#new_password', next);
                await page.fill('#confirm_password', next);
            };
            await change(PASSWORD, 'charlotte-X7');
            await send(page, 'current_password');
            await page.locator('.message.bad', { hasText: 'similar' }).waitFor();
            await change(PASSWORD, 'charlotte-X7');
            await page.getByLabel('It may resemble my name').check();
            await send(page, 'current_password');
            await page.waitForSelector('.message.good');
            await change('charlotte-X7', PASSWORD);
            await send(page, 'current_password');
            await page.waitForSelector('.message.good');
        },
    },
    {
        name: 'sign out everywhere else: the other browser is sent to the sign-in, this one stays',
        async run({ stack, browser }) {
            const [page, other] = [await browser.newPage(stack), await browser.newPage(stack)];
            await signIn(other, stack, 'charlotte', '/about/');
            await signIn(page, stack, 'charlotte', '/profile/');
            await page.getByRole('button', { name: 'Sign out everywhere else' }).click();
            await page.locator('#ask[open]').waitFor();
            await page.keyboard.press('Escape');
            await other.reload();
            assert.match(other.url(), /\/about\//, 'it was only asked');
            await page.getByRole('button', { name: 'Sign out everywhere else' }).click();
            await page.click('#ask-ok');
            await page.locator('.toast').waitFor();
            await other.reload();
            await other.waitForURL(/\/login\//);
            await page.reload();
            assert.match(page.url(), /\/profile\//);
        },
    },
    {
        name: 'the page about connecting names this host and these ports',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await signIn(page, stack, 'carl', '/about/');
            assert.match(await page.textContent('main'), new RegExp(`${stack.base}/api/locations/`));
            assert.match(await page.textContent('main'), /Certificates/);
            await page.getByRole('link', { name: 'QR code' }).click();
            await page.waitForSelector('#add-phone[open]');
            await page.goBack();
            await page.getByRole('link', { name: 'REST API' }).click();
            await page.waitForSelector('.docs-head');
        },
    },
    {
        name: 'the pages of one’s own have the way to sign out; an address of a part of the profile leads there',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, { phone: true });
            for (const path of ['/geofences/', '/profile/']) {
                await signIn(page, stack, 'carl', path);
                await page.getByRole('button', { name: 'Sign out', exact: true }).click();
                await page.waitForURL(/\/login\//);
            }
            await signIn(page, stack, 'carl', '/profile/#locations');
            const [bar, part] = [await page.locator('.topbar').boundingBox(), await page.locator('#locations').boundingBox()];
            assert.ok(part.y >= bar.y + bar.height && part.y < 200, `${part.y}`);
            assert.equal(await page.locator('#account').count(), 1);
        },
    },
    ...['profile', 'about'].flatMap((name) => sizes.map(({ size, ...options }) => ({
        name: `${name} page, ${size}: contrast, names, nothing sideways, picture`,
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, options);
            await signIn(page, stack, 'carl', `/${name}/`);
            await lookAt(page, browser, `${name}-${size}`);
        },
    }))),
];
