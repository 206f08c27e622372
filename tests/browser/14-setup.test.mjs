// The first run: from the server's link to an administrator, and what else there is to do.
import assert from 'node:assert/strict';
import { lookAt, sizes } from './look.mjs';
import { PASSWORD, withFreshStack } from './stack.mjs';

async function fill(page, fields) {
    for (const [name, value] of Object.entries(fields)) {
        await page.fill(`#${name}`, value);
    }
    await page.click('#setup-form button[type=submit]');
}

export const tests = [
    {
        name: 'the link makes the administrator, a mistake is told, the first steps follow, and the link is used up',
        async run({ stack, browser }) {
            await withFreshStack(stack, browser, async (fresh, link) => {
                const page = await browser.newPage(fresh);
                await page.goto(link);
                await page.waitForSelector('#username:focus');
                await fill(page, { username: 'chief', email: 'chief@example.org', password: PASSWORD, again: 'something else' });
                await page.locator('.message.bad', { hasText: 'differ' }).waitFor();
                assert.equal(await page.inputValue('#username'), 'chief');
                await fill(page, { password: PASSWORD, again: PASSWORD });
                await page.waitForURL(`${fresh.base}/admin-panel/start/`);
                assert.equal(await page.locator('.step.done').count(), 0);
                await fresh.post('chief', 'phone', { lat: 50, lon: 8 });
                await page.reload();
                assert.match(await page.textContent('.step.done'), /Connect a phone/);
                await page.locator('.step a', { hasText: 'Connect a phone' }).click();
                await page.locator('#add-phone[open]').waitFor();
                const other = await browser.newPage(fresh);
                await other.goto(link);
                await other.waitForURL(/\/login\//);
                assert.deepEqual(fresh.sql('select username, is_staff from auth_user'), [['chief', 1]]);
            });
        },
    },
    {
        name: 'the certificates are made in one go: names are looked at, a failure can be tried again, what is done is shown as done',
        async run({ stack, browser }) {
            await withFreshStack(stack, browser, async (fresh, link) => {
                const page = await browser.newPage(fresh, { allow: [/503/] });
                await page.goto(link);
                await fill(page, { username: 'chief', password: PASSWORD, again: PASSWORD });
                await page.waitForURL(`${fresh.base}/admin-panel/start/`);
                assert.equal(await page.inputValue('#tls-name'), '127.0.0.1');
                await page.fill('#tls-name', 'https://tracks.example');
                await page.click('#tls-form button[type=submit]');
                assert.equal(await page.locator('#tls-progress li').count(), 0);
                await page.fill('#tls-name', '127.0.0.1');
                await page.fill('#tls-sans-new', 'no/name');
                await page.locator('#tls-sans-new-said', { hasText: 'no path' }).waitFor();
                await page.fill('#tls-sans-new', 'Tracks.example.org');
                await page.keyboard.press('Enter');
                await page.locator('.chip', { hasText: 'tracks.example.org' }).waitFor();
                await page.locator('.offers button', { hasText: '+ localhost' }).click();
                await page.fill('#tls-sans-new', 'typed.example'); // and not added: it is meant all the same
                await page.route('**/api/admin/pki/server-cert/', (route) => route.fulfill({ status: 503, json: { error: 'Busy just now.' } }), { times: 1 });
                await page.click('#tls-form button[type=submit]');
                await page.locator('.layer.bad', { hasText: 'Busy just now.' }).waitFor({ timeout: 60_000 });
                assert.equal(await page.locator('.layer.good').count(), 1);
                await page.click('#tls-form button[type=submit]');
                await page.locator('#tls-step.done').waitFor({ timeout: 60_000 });
                assert.equal(await page.locator('.layer.good').count(), 4);
                const count = (table) => fresh.sql(`select count(*) from my_tracks_${table}`)[0][0];
                assert.deepEqual(['certificateauthority', 'servercertificate', 'clientcertificate'].map(count), [1, 1, 1]);
                assert.deepEqual(JSON.parse(fresh.sql('select san_entries from my_tracks_servercertificate')[0][0]),
                    ['127.0.0.1', 'tracks.example.org', 'localhost', 'typed.example']);
                await page.reload();
                assert.match(await page.textContent('#tls-step.done'), /127\.0\.0\.1.*Valid until/s);
                await page.locator('.tabs a', { hasText: 'Status' }).click();
                await page.locator('#listener .tag.good', { hasText: 'open' }).waitFor();
                assert.ok((await page.textContent('#listener')).includes(String(fresh.tlsPort)));
            }, { tls: true });
        },
    },
    {
        name: 'the certificates may be left out, and where TLS is switched off there is no form',
        async run({ stack, browser }) {
            await withFreshStack(stack, browser, async (fresh, link) => {
                const page = await browser.newPage(fresh);
                await page.goto(link);
                await fill(page, { username: 'chief', password: PASSWORD, again: PASSWORD });
                await page.locator('a', { hasText: 'Skip this' }).click();
                await page.waitForSelector('#phone-step:focus');
                await page.locator('.step a', { hasText: 'Connect a phone' }).click();
                await page.locator('#add-phone[open]').waitFor();
                await page.goto(`${fresh.base}/admin-panel/`);
                await page.locator('.tabs a', { hasText: 'First steps' }).click(); // it is there later, too
                await page.locator('.offers button').first().waitFor();
            }, { tls: true });
            await withFreshStack(stack, browser, async (fresh, link) => {
                const page = await browser.newPage(fresh);
                await page.goto(link);
                await fill(page, { username: 'chief', password: PASSWORD, again: PASSWORD });
                await page.waitForURL(`${fresh.base}/admin-panel/start/`);
                assert.match(await page.textContent('#tls-step'), /switched off/);
                assert.equal(await page.locator('#tls-form').count(), 0);
            });
        },
    },
    {
        name: 'without a good link there is no form',
        async run({ stack, browser }) {
            await withFreshStack(stack, browser, async (fresh, link) => {
                const page = await browser.newPage(fresh, { allow: [/403 \(Forbidden\)/] });
                await page.goto(link.slice(0, -1));
                assert.match(await page.textContent('.notice'), /mytracks setup/);
                assert.equal(await page.locator('#setup-form').count(), 0);
            });
        },
    },
    ...sizes.map(({ size, ...options }) => ({
        name: `setup, ${size}: contrast, names, nothing sideways, pictures`,
        async run({ stack, browser }) {
            await withFreshStack(stack, browser, async (fresh, link) => {
                const page = await browser.newPage(fresh, options);
                await page.goto(link);
                await lookAt(page, browser, `setup-${size}`);
                await fill(page, { username: 'chief', password: PASSWORD, again: PASSWORD });
                await page.waitForURL(`${fresh.base}/admin-panel/start/`);
                await fresh.post('chief', 'phone', { lat: 50, lon: 8 });
                await page.reload();
                await page.locator('.offers button').first().waitFor();
                await page.fill('#tls-sans-new', 'tracks.example.org, nas.lan');
                await page.keyboard.press('Enter');
                await lookAt(page, browser, `first-steps-${size}`);
            }, { tls: true });
        },
    })),
];
