// A domesti-bot that is paired: what it may do, a test that arrives and one that does not, its key.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { signIn, until } from './browser.mjs';
import { lookAt, sizes } from './look.mjs';
import { PASSWORD } from './stack.mjs';

export const users = { olga: true };

const KEY = 'a key of the bot';
const got = [];
let status = 200;
const bot = createServer((request, answer) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
        got.push({ path: request.url, key: request.headers['x-domesti-api-key'], body: JSON.parse(body) });
        answer.writeHead(status, { 'Content-Type': 'application/json' }).end('{"heard": "<b>yes</b>"}');
    });
});

export async function prepare(stack) {
    await new Promise((resolve) => bot.listen(0, '127.0.0.1', resolve));
    bot.unref();
    await stack.post('olga', 'phone', { lat: 48.2, lon: 16.4 });
}

const address = () => `http://127.0.0.1:${bot.address().port}`;
const config = (stack) => stack.sql('select location_updates_enabled, remote_request_location_enabled, location_request_user_cooldown_seconds from my_tracks_domestibotconfig')[0];

async function openBot(browser, stack, options) {
    const page = await browser.newPage(stack, options);
    await signIn(page, stack, 'olga', '/admin-panel/#bot');
    await page.locator('#bot .bot-log li').first().waitFor();
    return page;
}

export const tests = [
    {
        name: 'it is paired from its side; the page then tells with what, and since when',
        async run({ stack, browser }) {
            const before = await browser.newPage(stack);
            await signIn(before, stack, 'olga', '/admin-panel/');
            assert.match(await before.textContent('#bot'), /Not paired/);
            const answer = await fetch(`${stack.base}/api/admin/domesti-bot/pair/`, {
                method: 'POST',
                headers: { 'Content-Type': 'application/json', Authorization: `Basic ${Buffer.from(`olga:${PASSWORD}`).toString('base64')}` },
                body: JSON.stringify({ api_key: KEY, user_location_update_url: `${address()}/live`, user_location_test_url: `${address()}/test` }),
            });
            assert.equal(answer.status, 200, await answer.text());
            const page = await openBot(browser, stack);
            const facts = await page.textContent('#bot .facts');
            assert.ok(facts.includes(`${address()}/live`) && facts.includes(`${address()}/test`), facts);
            assert.match(await page.textContent('#bot .bot-log'), /Arrived.*Pairing/);
        },
    },
    {
        name: 'what it may do, and how often, is kept at once; what is refused is as it was',
        async run({ stack, browser }) {
            const page = await openBot(browser, stack, { allow: [/400/] });
            await page.getByLabel('It may ask phones where they are').click();
            await page.getByLabel('Send positions to it').click();
            const wait = page.getByLabel('Seconds between two questions to one person');
            await wait.fill('90');
            await wait.press('Tab');
            await until('kept', () => JSON.stringify(config(stack)) === '[0,1,90]');
            await wait.fill('0');
            await wait.press('Tab');
            await wait.fill('99999999999');
            await wait.press('Tab');
            await until('as it was', async () => await wait.inputValue() === '90');
            assert.deepEqual(config(stack), [0, 1, 90]);
        },
    },
    {
        name: 'a test position arrives, or it is told why not; the key is shown when it is asked for',
        async run({ stack, browser }) {
            const page = await openBot(browser, stack);
            assert.ok(!(await page.textContent('#bot')).includes(KEY));
            await page.getByRole('button', { name: 'Show the API key' }).click();
            await page.locator('#bot code', { hasText: KEY }).first().waitFor();
            got.length = 0;
            await page.getByRole('button', { name: 'Send a test position' }).click();
            const newest = page.locator('#bot .bot-log li').first();
            await newest.locator('.tag.good').and(page.locator(':visible')).waitFor();
            await until('it arrives', () => got.length === 1);
            assert.deepEqual([got[0].path, got[0].key], ['/test', KEY]);
            await page.locator('#bot [role=status]:not(:empty)').waitFor();
            await newest.locator('summary').click();
            await newest.locator('.payload', { hasText: '<b>yes</b>' }).waitFor();
            status = 500;
            await page.getByRole('button', { name: 'Send a test position' }).click();
            await newest.locator('.tag.bad').waitFor();
            status = 200;
        },
    },
    ...sizes.map(({ size, ...options }) => ({
        name: `domesti-bot, ${size}: contrast, names, nothing sideways, picture`,
        async run({ stack, browser }) {
            const page = await openBot(browser, stack, options);
            await page.locator('#bot').scrollIntoViewIfNeeded();
            await lookAt(page, browser, `bot-${size}`);
        },
    })),
];
