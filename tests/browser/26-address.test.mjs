// Addresses: of a device, a stay, a position; from a geocoder of this test's own. Without one there is no button.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { AFTERNOON, openMap, signIn, until } from './browser.mjs';
import { sizes } from './look.mjs';
import { startStack } from './stack.mjs';

export const users = { adam: true };
const asked = [];

/** A stack of its own, with a geocoder that knows every house. */
async function withGeocoder(stack, browser, run) {
    const geocoder = createServer((request, answer) => {
        const query = new URL(request.url, 'http://here').searchParams;
        asked.push({ lat: query.get('lat'), language: request.headers['accept-language'] });
        answer.writeHead(query.get('lat') === '47.0000' ? 500 : 200, { 'Content-Type': 'application/json' });
        answer.end(JSON.stringify({ display_name: `Lane ${query.get('lat')} <b>bold</b>` }));
    });
    await new Promise((ready) => geocoder.listen(0, '127.0.0.1', ready));
    let own;
    try {
        own = await startStack(stack.root, stack.build, { MYTRACKS_GEOCODER_URL: `http://127.0.0.1:${geocoder.address().port}/reverse` });
        own.needUsers(users);
        await run(own);
        await browser.finish(); // before its server goes
    } finally {
        await own?.stop();
        geocoder.close();
    }
}

const now = () => Math.floor(Date.now() / 1000);

async function walk(stack, id, lat) {
    for (let i = 0; i < 12; i++) {
        await stack.post('adam', id, { lat, lon: 16.5, tst: now() - 1200 + i * 60, acc: 5 });
    }
}

const button = (part) => part.getByRole('button', { name: 'What address is this?' });

export const tests = [
    ...sizes.map(({ size, ...options }) => ({
        name: `an address of the device, of a stay and of a position, ${size}`,
        run: ({ stack, browser }) => withGeocoder(stack, browser, async (own) => {
            await walk(own, 'phone', 48.2);
            const page = await browser.newPage(own, { timezoneId: AFTERNOON, ...options });
            await openMap(page, own, 'adam', '#device=adam/phone');
            const detail = page.locator('.device-detail');
            await button(detail).click();
            await detail.locator('.address', { hasText: 'Lane 48.2000 <b>bold</b>' }).waitFor();
            assert.match(await detail.locator('.address').textContent(), /© OpenStreetMap contributors/);
            assert.equal(await button(detail).count(), 0);
            await browser.picture(page, `address-${size}`);
            await page.getByRole('button', { name: 'History', exact: true }).click();
            await page.locator('.span-stay').first().waitFor();
            await page.getByRole('button', { name: 'Show the positions' }).first().click();
            const box = page.locator('.raw-box').first();
            await button(box).first().click();
            await box.locator('.address', { hasText: 'Lane 48.2000' }).waitFor();
            await box.locator('.raw').first().click();
            assert.equal(await button(box).count(), 1);
            await button(box).click();
            await until('both have it', async () => (await box.locator('.address', { hasText: 'Lane 48.2000' }).count()) === 2);
            assert.deepEqual(asked.splice(0), [{ lat: '48.2000', language: 'en-gb' }]); // the rest was kept
            await browser.picture(page, `address-history-${size}`);
        }),
    })),
    {
        name: 'what cannot be had is told, and the status page says who is asked',
        run: ({ stack, browser }) => withGeocoder(stack, browser, async (own) => {
            await walk(own, 'phone', 47);
            const page = await browser.newPage(own);
            await openMap(page, own, 'adam', '#device=adam/phone');
            await button(page.locator('.device-detail')).click();
            await page.locator('.address', { hasText: 'cannot be had' }).waitFor();
            assert.equal(await button(page.locator('.device-detail')).isEnabled(), true);
            await page.goto(`${own.base}/admin-panel/status/`);
            assert.match(await page.textContent('#geocoder code'), /\/reverse$/);
        }),
    },
    {
        name: 'without a geocoder there is no button, and the status page says how to have one',
        async run({ stack, browser }) {
            await walk(stack, 'quiet phone', 48.3);
            const page = await browser.newPage(stack, { timezoneId: AFTERNOON });
            await openMap(page, stack, 'adam', '#device=adam/quiet%20phone');
            await page.locator('.device-detail dd', { hasText: '48.3' }).waitFor();
            assert.equal(await button(page).count(), 0);
            await page.getByRole('button', { name: 'History', exact: true }).click();
            await page.getByRole('button', { name: 'Show the positions' }).first().click();
            await page.locator('.raw').first().click();
            assert.equal(await button(page).count(), 0);
            const status = await browser.newPage(stack);
            await signIn(status, stack, 'adam', '/admin-panel/status/');
            assert.match(await status.textContent('#geocoder code'), /^MYTRACKS_GEOCODER_URL=/);
        },
    },
];
