// Times as the reader's clock has them, or as the clocks had them where the device was.
import assert from 'node:assert/strict';
import { openMap, until } from './browser.mjs';
import { lookAt, sizes } from './look.mjs';

export const users = { zoe: false };
const DEVICE = 'zone phone';
const DAY = Date.UTC(2026, 2, 10) / 1000;

/** In Vienna until noon, then, after a flight, in Tokyo; times of the 10th of March in UTC. */
async function seed(stack) {
    if (stack.sql('select 1 from my_tracks_device where device_id = ?', [DEVICE]).length === 0) {
        for (let i = 0; i < 6; i++) {
            await stack.post('zoe', DEVICE, { lat: 48.2, lon: 16.37, tst: DAY + 7 * 3600 + i * 600, acc: 5 });
            await stack.post('zoe', DEVICE, { lat: 35.68, lon: 139.76, tst: DAY + 20 * 3600 + i * 600, acc: 5 });
        }
        // One with its place, one that only says when.
        const transition = `insert into my_tracks_transition (device_id, event, region_id, description, timestamp, latitude, longitude, received_at)
            select id, ?, '', ?, ?, ?, ?, '2026-03-11' from my_tracks_device where device_id = ?`;
        stack.sql(transition, ['leave', 'Prater', '2026-03-10 07:55:00', 48.21, 16.4, DEVICE]);
        stack.sql(transition, ['enter', 'Ueno', '2026-03-10 20:20:00', null, null, DEVICE]);
    }
}

async function open(browser, stack, options = {}) {
    await seed(stack);
    const page = await browser.newPage(stack, options);
    await openMap(page, stack, 'zoe', `#device=zoe/${encodeURIComponent(DEVICE)}&day=2026-03-10`);
    await page.locator('.span-stay').nth(1).waitFor();
    return page;
}

const times = (page) => page.locator('.span:not(.span-event) .own-clock').allTextContents();
const events = (page) => page.locator('.span-event').allTextContents();
const choose = (page, name) => page.locator('.clock-choice label', { hasText: name }).click();

export const tests = [
    {
        name: 'the reader’s times first; then those of Vienna and Tokyo with their names; remembered',
        async run({ stack, browser }) {
            const page = await open(browser, stack);
            const mine = ['08:00 – 08:50', '08:50 – 21:00', '21:00 – 21:50'];
            assert.deepEqual(await times(page), mine);
            const lookups = () => page.seen.requests.filter((request) => request.url().includes('/zonelookup.')).length;
            assert.equal(lookups(), 0, 'it is loaded when it is wanted');
            await choose(page, 'Where the device was');
            const theirs = ['08:00 – 08:50 CET', '08:50 CET – 11 Mar, 05:00 GMT+9', '11 Mar, 05:00 – 11 Mar, 05:50 GMT+9'];
            await until('their times', async () => JSON.stringify(await times(page)) === JSON.stringify(theirs));
            assert.equal(lookups(), 1);
            await page.getByRole('button', { name: 'Show the positions' }).last().click();
            assert.equal(await page.locator('.raw-time').first().textContent(), '11 Mar, 05:00:00 GMT+9');
            await page.reload();
            await until('still their times', async () => JSON.stringify(await times(page)) === JSON.stringify(theirs));
            await choose(page, 'Mine');
            await until('the reader’s times again', async () => JSON.stringify(await times(page)) === JSON.stringify(mine));
        },
    },
    {
        name: 'by the keyboard, in German',
        async run({ stack, browser }) {
            const page = await open(browser, stack, { locale: 'de-AT' });
            await page.locator('.clock-choice input:checked').focus();
            await page.keyboard.press('ArrowRight');
            await until('times there', async () => (await times(page))[0] === '08:00 – 08:50 MEZ');
        },
    },
    {
        name: 'entering and leaving is told by the same clock, also where only the list knows where that was',
        async run({ stack, browser }) {
            const page = await open(browser, stack);
            await until('both', async () => (await events(page)).join() === 'Left Prater08:55,Entered Ueno21:20');
            await choose(page, 'Where the device was');
            await until('their times', async () => (await events(page)).join('; ') === 'Left Prater08:55 CET; Entered Ueno11 Mar, 05:20 GMT+9');
            await page.reload();
            await until('remembered', async () => (await events(page)).join('; ') === 'Left Prater08:55 CET; Entered Ueno11 Mar, 05:20 GMT+9');
        },
    },
    ...sizes.map(({ size, ...options }) => ({
        name: `times there, ${size}: contrast, names, nothing sideways, pictures`,
        async run({ stack, browser }) {
            const page = await open(browser, stack, options);
            await choose(page, 'Where the device was');
            await until('times there', async () => (await times(page))[0]?.endsWith('CET'));
            await page.locator('.clock-choice').scrollIntoViewIfNeeded();
            await lookAt(page, browser, `zones-${size}`);
        },
    })),
];
