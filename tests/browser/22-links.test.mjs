// Public links: made, opened by somebody without an account, and ended while they look.
import assert from 'node:assert/strict';
import { settled, signIn, until } from './browser.mjs';
import { lookAt, sizes } from './look.mjs';

export const users = { lena: false, otto: false };

const button = (page, name) => page.getByRole('button', { name, exact: true });
const POLL = 20_000; // ms: longer than the page waits between two looks

async function profile(browser, stack, options = {}) {
    const page = await browser.newPage(stack, options);
    await signIn(page, stack, 'lena', '/profile/#links');
    await page.waitForSelector('#links-list > *');
    return page;
}

/** By clicking; the address that is shown. */
async function makeLink(page, { label = '', area = false, trail = false, life = '86400' } = {}) {
    await button(page, 'New public link').click();
    await page.fill('#link-label', label);
    if (area) {
        await page.locator('label', { hasText: 'Area only' }).click();
    }
    if (trail) {
        await page.locator('label', { hasText: 'Way from now on' }).click();
    }
    await page.selectOption('#link-life', life);
    await button(page, 'Make the link').click();
    const url = await page.inputValue('#link-url');
    await button(page, 'Close').click();
    return url;
}

async function visitor(browser, url, stack, options = {}) {
    const page = await browser.newPage(stack, { allow: [/404/], ...options });
    await page.goto(url);
    await page.waitForSelector('.public-marker');
    return page;
}

export const tests = [
    {
        name: 'a link is made, shows a stranger where the device is, and ends while the page is open',
        async run({ stack, browser }) {
            await stack.post('lena', 'phone', { lat: 48.2, lon: 16.4, vel: 33 });
            const lena = await profile(browser, stack);
            await lena.waitForSelector('text=No links yet.');
            const url = await makeLink(lena, { label: 'Our tour', trail: true });
            assert.match(url, new RegExp(`^${stack.base}/s/#[\\w-]{43}$`));
            const row = lena.locator('#links-list li');
            await row.getByText('not used yet').waitFor();
            assert.ok(!(await lena.content()).includes(url.split('#')[1]), 'shown once');

            const page = await visitor(browser, url, stack);
            assert.equal(await page.textContent('#public-name'), 'Our tour');
            assert.match(await page.textContent('#public-state'), /ago|now/);
            assert.match(await page.textContent('#public-note'), /You can see this until/);
            assert.ok(!/lena|phone/.test(await page.evaluate(() => document.documentElement.outerHTML)), 'nothing says whose it is');
            assert.deepEqual(await page.context().cookies(), []);
            const secret = url.split('#')[1];
            assert.ok(page.seen.requests.every((request) => !request.url().includes(secret) && !(request.headers().referer ?? '').includes(secret)));
            await until('tiles are asked for', () => page.seen.tiles > 0);

            const before = await page.locator('.public-marker').boundingBox();
            await stack.post('lena', 'phone', { lat: 48.203, lon: 16.41 });
            await until('the marker moves', async () => JSON.stringify(await page.locator('.public-marker').boundingBox()) !== JSON.stringify(before), POLL);

            await lena.reload();
            await row.getByText(/used .*(now|ago)/).waitFor();
            await button(lena, 'End the link').click();
            await lena.click('#ask-ok');
            await lena.waitForSelector('text=No links yet.');
            await page.getByText('This link has ended').waitFor({ timeout: POLL });
            assert.equal(await page.locator('.public-marker').count(), 0, 'and nothing of it stays');
            assert.ok(!(await page.textContent('body')).includes('Our tour'));
        },
    },
    {
        name: 'tiles come for who has a link, and for nobody else',
        async run({ stack, browser }) {
            await stack.post('lena', 'phone', { lat: 48.2, lon: 16.4 });
            const lena = await profile(browser, stack);
            const url = await makeLink(lena);
            const page = await visitor(browser, url, stack);
            const asked = () => page.seen.requests.filter((request) => request.url().includes('/api/tiles/'));
            await until('tiles are asked for', () => asked().length > 0);
            assert.ok(asked().every((request) => request.headers()['x-share-link'] === url.split('#')[1]), 'each with the secret, in a header');
            assert.equal((await page.request.get(`${stack.base}/api/tiles/1/0/0`)).status(), 403);
        },
    },
    {
        name: 'a link that never was one, or has none, says so kindly and asks for no map',
        async run({ stack, browser }) {
            for (const hash of ['', `#${'x'.repeat(43)}`]) {
                const page = await browser.newPage(stack, { allow: [/404/] });
                await page.goto(`${stack.base}/s/${hash}`);
                await page.getByText('This link has ended').waitFor();
                await page.getByText('ask for a new link').waitFor();
                assert.equal(page.seen.requests.filter((request) => /tiles|maplibre/.test(request.url())).length, 0);
            }
        },
    },
    {
        name: 'an area is shown as one, and a lost connection is told',
        async run({ stack, browser }) {
            await stack.post('lena', 'phone', { lat: 48.201234, lon: 16.402345 });
            const lena = await profile(browser, stack);
            const page = await visitor(browser, await makeLink(lena, { area: true }), stack, { allow: [/404/, /ERR_INTERNET_DISCONNECTED/] });
            await page.getByText('The area is shown, not the exact place.').waitFor();
            await page.context().setOffline(true);
            await page.getByText('No connection. Trying again…').waitFor({ timeout: POLL });
            assert.equal(await page.locator('.public-marker').count(), 1, 'what is known stays');
            await page.context().setOffline(false);
            await until('it is back', async () => !/No connection/.test(await page.textContent('#public-state')), POLL);
        },
    },
    ...sizes.map(({ size, ...options }) => ({
        name: `links, ${size}: contrast, names, nothing sideways, picture`,
        async run({ stack, browser }) {
            await stack.post('lena', 'phone', { lat: 48.2, lon: 16.4 });
            stack.sql('delete from mytracks_link');
            const lena = await profile(browser, stack, options);
            const url = await makeLink(lena, { label: 'A walk with grandmother', trail: true });
            for (let i = 1; i < 4; i++) {
                await stack.post('lena', 'phone', { lat: 48.2 + i / 1000, lon: 16.4 + i / 500, tst: Math.floor(Date.now() / 1000) + i });
            }
            const page = await visitor(browser, url, stack, options);
            await lookAt(page, browser, `link-${size}`);
            await button(lena, 'New public link').click();
            await settled(lena);
            await lookAt(lena, browser, `link-new-${size}`);
            await button(lena, 'Close').click();
            await lena.evaluate(() => document.getElementById('links').scrollIntoView());
            await lookAt(lena, browser, `links-${size}`);
            stack.sql("update mytracks_link set expires_at = '2026-01-01'");
            const late = await browser.newPage(stack, { allow: [/404/], ...options });
            await late.goto(url);
            await late.getByText('This link has ended').waitFor();
            await lookAt(late, browser, `link-ended-${size}`);
        },
    })),
];
