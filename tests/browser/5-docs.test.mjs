// The page about the REST API.
import assert from 'node:assert/strict';
import { signIn } from './browser.mjs';
import { lookAt, sizes } from './look.mjs';

export const users = { anna: true };
export const tests = [
    {
        name: 'the page shows every operation and opens the one in the address',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await signIn(page, stack, 'anna', '/api/docs/');
            await page.waitForSelector('.api-operation');
            const file = await (await page.request.get(`${stack.base}/api/schema/`)).json();
            const operations = Object.values(file.paths).flatMap((item) => Object.keys(item)).filter((key) => key !== 'parameters');
            assert.equal(await page.locator('.api-operation .api-method').count(), operations.length);
            await page.goto(`${stack.base}/api/docs/#listlocations`);
            await page.waitForSelector('#listlocations[open]');
            assert.match(await page.textContent('#listlocations'), /resolution/);
            await page.locator('#listlocations .api-type a', { hasText: 'LocationPage' }).click();
            await page.waitForSelector('#schema-locationpage[open]');
        },
    },
    {
        name: 'a description that cannot be loaded is told',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, { allow: [/api\/schema/] });
            await page.route('**/api/schema/', (route) => route.fulfill({ status: 503, body: '' }));
            await signIn(page, stack, 'anna', '/api/docs/');
            await page.waitForSelector('.error[role=alert]');
        },
    },
    ...sizes.map(({ size, ...options }) => ({
        name: `API page, ${size}: contrast, names, nothing sideways, picture`,
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, options);
            await signIn(page, stack, 'anna', '/api/docs/');
            await page.waitForSelector('.api-operation');
            await page.locator('#report summary').click();
            await lookAt(page, browser, `api-${size}`, ['header', 'nav', '#report', '#schema-locationpage']);
        },
    })),
];
