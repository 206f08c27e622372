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
            await withFreshStack(stack, async (fresh, link) => {
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
                await Promise.all([page, other].map((one) => one.waitForLoadState('networkidle')));
                assert.deepEqual(fresh.sql('select username, is_staff from auth_user'), [['chief', 1]]);
            });
        },
    },
    {
        name: 'without a good link there is no form',
        async run({ stack, browser }) {
            await withFreshStack(stack, async (fresh, link) => {
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
            await withFreshStack(stack, async (fresh, link) => {
                const page = await browser.newPage(fresh, options);
                await page.goto(link);
                await lookAt(page, browser, `setup-${size}`);
                await fill(page, { username: 'chief', password: PASSWORD, again: PASSWORD });
                await page.waitForURL(`${fresh.base}/admin-panel/start/`);
                await fresh.post('chief', 'phone', { lat: 50, lon: 8 });
                await page.reload();
                await lookAt(page, browser, `first-steps-${size}`);
            });
        },
    })),
];
