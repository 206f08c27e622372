// The statistics page: a month of commuting in numbers, bars, hours and places.
import assert from 'node:assert/strict';
import { signIn, until } from './browser.mjs';
import { lookAt, sizes } from './look.mjs';

export const users = { stella: false, stan: false };
const DEVICE = 'stat phone';
const HOME = [48.2, 16.3], WORK = [48.29, 16.3]; // 10 km to the north

/** March 2026 in Vienna: on working days an hour there from 8 o'clock and back from 17 o'clock. */
function march() {
    const rows = [];
    for (let day = 1; day <= 31; day++) {
        const midnight = Date.UTC(2026, 2, day) / 1000 - (day >= 30 ? 7200 : 3600);
        const works = ![0, 6].includes(new Date(Date.UTC(2026, 2, day)).getUTCDay());
        for (let minute = 0; minute < 1440; minute += 6) {
            const way = !works ? 0 : Math.max(0, Math.min(1, minute < 780 ? (minute - 480) / 60 : 1 - (minute - 1020) / 60));
            const shorter = day === 29 && minute >= 1380; // this one has 23 hours
            if (!shorter) {
                rows.push([HOME[0] + way * (WORK[0] - HOME[0]), HOME[1], new Date((midnight + minute * 60) * 1000).toISOString().slice(0, 19).replace('T', ' ')]);
            }
        }
    }
    return rows;
}

async function seed(stack) {
    const there = stack.sql('select id from my_tracks_device where device_id = ?', [DEVICE]);
    if (there.length > 0) {
        return;
    }
    await stack.post('stella', DEVICE, { lat: 48.2, lon: 16.3, tst: Math.floor(Date.now() / 1000) - 60 });
    await stack.post('stella', 'stat tablet', { lat: 1, lon: 2, tst: Math.floor(Date.now() / 1000) - 60 });
    const rows = march();
    for (let i = 0; i < rows.length; i += 1500) { // an argument of a program has a limit
        stack.sql('insert into my_tracks_location (latitude, longitude, timestamp, accuracy, connection_type, tracker_id, received_at, device_id, received_via, fix_source,'
            + ' owntracks_message_id, "trigger", wifi_bssid, wifi_ssid) select value->>0, value->>1, value->>2, 10, \'\', \'\', value->>2, d.id, \'http\', \'\', \'\', \'\', \'\', \'\''
            + ' from json_each(?), my_tracks_device d where d.device_id = ?', [JSON.stringify(rows.slice(i, i + 1500)), DEVICE]);
    }
    stack.sql('insert into my_tracks_waypoint (label, latitude, longitude, radius, rid, is_active, created_at, updated_at, user_id)'
        + " select 'My <i>flat</i>', 48.2, 16.3, 150, 'stat1', 1, '2026-01-01', '2026-01-01', id from auth_user where username = 'stella'");
}

async function open(browser, stack, rest = `?device=stella/${encodeURIComponent(DEVICE)}&period=month&day=2026-03-01`, options = {}) {
    await seed(stack);
    const page = await browser.newPage(stack, options);
    await signIn(page, stack, 'stella', `/statistics/${rest}`);
    await page.waitForSelector('#statistics[aria-busy=false]');
    return page;
}

const fact = (page, name) => page.locator('#numbers dt', { hasText: new RegExp(`^${name}$`) }).locator('xpath=following-sibling::dd[1]').textContent();
const busy = (page, run) => Promise.all([page.waitForResponse((answer) => answer.url().includes('/api/statistics/')), run()])
    .then(() => page.waitForSelector('#statistics[aria-busy=false]'));

export const tests = [
    {
        name: 'from the map’s menu to the statistics; a month’s numbers are those of its days',
        async run({ stack, browser }) {
            await seed(stack);
            const page = await browser.newPage(stack);
            await signIn(page, stack, 'stella');
            await page.click('#menu-button');
            await page.click('#menu a[href="/statistics/"]');
            await page.waitForSelector('#statistics[aria-busy=false]');
            await page.selectOption('#device', `stella/${DEVICE}`);
            await page.goto(`${stack.base}/statistics/?device=stella/${encodeURIComponent(DEVICE)}&period=month&day=2026-03-15`);
            await page.waitForSelector('#numbers');
            assert.match(await fact(page, 'Distance'), /^44\d\skm$/); // 22 working days, 20 km each
            assert.equal(await fact(page, 'Days with positions'), '31 of 31');
            assert.match(await fact(page, 'On the way'), /^4[34] h/); // 22 times two hours
            assert.match(await fact(page, 'Most often on the way'), /^(Mon|Tues)day, 08:00\s–\s09:00$/);
            assert.equal(await page.locator('.bars .bar').count(), 31);
            assert.match(await page.locator('.bars').getAttribute('aria-label'), /^Distance per day\. The most: 20\.\d\skm/);
            await page.locator('#distances summary').click();
            assert.equal(await page.locator('#distances tbody tr').count(), 31);
            const monday = await page.locator('#distances tbody tr', { hasText: '2 Mar 2026' }).first().locator('td').allTextContents();
            assert.match(monday[1], /^20\.\d\skm$/);
            assert.equal(monday[4], '240');
        },
    },
    {
        name: 'places: the geofence by its name, as text; what has none opens on the map',
        async run({ stack, browser }) {
            const page = await open(browser, stack);
            const links = page.locator('.spot a');
            assert.deepEqual(await links.allTextContents(), ['My <i>flat</i>', '48.29000, 16.30000']);
            assert.match(await page.locator('.spot').nth(1).textContent(), /22 times/);
            await links.nth(1).click();
            await page.waitForURL(/#map=16/);
            await until('the map is there', async () => (await page.evaluate(() => location.hash)).includes('48.29'));
        },
    },
    {
        name: 'hours: two hours of working days are dark, a weekend is not',
        async run({ stack, browser }) {
            const page = await open(browser, stack);
            const row = (day) => page.locator('.heat tbody tr', { has: page.locator('th', { hasText: day }) }).locator('td');
            assert.match(await row('Mon').nth(8).getAttribute('class'), /heat-[34]/);
            assert.match(await row('Mon').nth(17).getAttribute('class'), /heat-[34]/);
            assert.equal(await row('Mon').nth(12).getAttribute('class'), 'heat-0');
            assert.equal(await row('Sun').nth(8).getAttribute('class'), 'heat-0');
        },
    },
    {
        name: 'periods: week, year and all; the arrows go on; the address and the back button keep them',
        async run({ stack, browser }) {
            const page = await open(browser, stack);
            await busy(page, () => page.getByRole('button', { name: 'The time before' }).click());
            assert.match(await page.textContent('#statistics'), /No positions in this time/);
            await busy(page, () => page.goBack());
            assert.equal(await page.locator('.bars .bar').count(), 31);
            await busy(page, () => page.locator('#period label', { hasText: 'Week' }).click());
            assert.equal(await page.locator('.bars .bar').count(), 7);
            await busy(page, () => page.locator('#period label', { hasText: 'Year' }).click());
            assert.match(await page.textContent('#distances-title'), /per week/);
            assert.match(page.url(), /period=year&day=2026-01-01/);
            await busy(page, () => page.locator('#period label', { hasText: 'All' }).click());
            assert.equal(await page.locator('#steps').isVisible(), false);
            assert.match(await fact(page, 'Positions'), /^7,4\d\d$/);
            await page.reload();
            await page.waitForSelector('#numbers');
            assert.equal(await page.locator('#period input[value=all]').isChecked(), true);
        },
    },
    {
        name: 'a day leads to its history',
        async run({ stack, browser }) {
            const page = await open(browser, stack);
            await page.locator('#numbers a').click();
            await page.waitForURL(/day=2026-03-/);
            await page.locator('.timeline .span-stay').first().waitFor();
        },
    },
    {
        name: 'miles for who has them; without a device there is a way to one',
        async run({ stack, browser }) {
            const page = await open(browser, stack, undefined, { locale: 'en-US' });
            assert.match(await fact(page, 'Distance'), /^27\d\smi$/);
            const other = await browser.newPage(stack);
            await signIn(other, stack, 'stan', '/statistics/');
            await other.locator('#statistics a[href="/about/"]').waitFor();
        },
    },
    {
        name: 'in German, and what cannot be read is told and can be tried again',
        async run({ stack, browser }) {
            const page = await open(browser, stack, undefined, { locale: 'de-AT', allow: [/503/] });
            assert.equal(await page.textContent('h1'), 'Statistik');
            await page.route('**/api/statistics/**', (route) => route.fulfill({ status: 503, body: '' }));
            await page.locator('#period label', { hasText: 'Woche' }).click();
            await page.locator('#statistics .message.bad').waitFor();
            await page.unroute('**/api/statistics/**');
            await page.getByRole('button', { name: 'Noch einmal' }).click();
            await page.waitForSelector('#numbers');
        },
    },
    ...sizes.map(({ size, ...options }) => ({
        name: `statistics, ${size}: contrast, names, nothing sideways, pictures`,
        async run({ stack, browser }) {
            const page = await open(browser, stack, undefined, options);
            await lookAt(page, browser, `statistics-${size}`);
            await page.locator('#distances summary').click();
            await page.locator('#week').scrollIntoViewIfNeeded();
            await browser.picture(page, `statistics-table-${size}`);
            await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
            await browser.picture(page, `statistics-end-${size}`);
        },
    })),
];
