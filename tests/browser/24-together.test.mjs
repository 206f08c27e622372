// The past of several devices at once: tracks, lists, calendar and playing them back together.
import assert from 'node:assert/strict';
import { atRest, dayAgo, noonAgo, openMap, pixels, until } from './browser.mjs';
import { lookAt, sizes } from './look.mjs';

export const users = { paul: false };

const noon = () => noonAgo(1);
const day = (before = 0) => dayAgo(1 + before);
const stamp = (at) => new Date(at * 1000).toISOString().slice(0, 19).replace('T', ' ');

/** A red bike that goes east, half an hour later a green van that goes east further north, and a phone that was nowhere. */
async function fill(stack) {
    if (stack.sql("select count(*) from my_tracks_device d join auth_user u on u.id = d.owner_id where u.username = 'paul'")[0][0] > 0) {
        return;
    }
    for (const [name, lat, later] of [['bike', 48.2, 0], ['van', 48.22, 1800]]) {
        for (let i = 0; i <= 60; i++) {
            await stack.post('paul', name, { lat: lat + (i < 20 ? 0.002 * Math.sin(i * 2) : 0), lon: 16.35 + Math.min(1, i / 20) * 0.04, tst: noon() + later + i * 60, vel: i < 20 ? 20 : 0 });
        }
    }
    await stack.post('paul', 'bike', { lat: 48.21, lon: 16.36, tst: noon() - 86_400 });
    await stack.post('paul', 'phone', { lat: 48.21, lon: 16.36 });
    const id = Object.fromEntries(stack.sql("select device_id, d.id from my_tracks_device d join auth_user u on u.id = d.owner_id where u.username = 'paul'"));
    stack.sql("insert into mytracks_device_look values (?, '#b91c2e'), (?, '#157f3c')", [id.bike, id.van]);
    for (const [at, event] of [[noon() + 600, 'enter'], [noon() - 86_400, 'leave']]) {
        stack.sql(`insert into my_tracks_transition (device_id, event, region_id, description, timestamp, latitude, longitude, received_at)
            values (?, ?, '', 'Depot', ?, 48.2, 16.37, ?)`, [id.bike, event, stamp(at), stamp(at)]);
    }
}

async function open(page, stack, hash = `#day=${day()}`) {
    await fill(stack);
    await openMap(page, stack, 'paul', hash);
    await page.waitForSelector('.group-device');
}
const section = (page, name) => page.locator('.group-device', { has: page.locator('summary strong', { hasText: new RegExp(`^${name}$`) }) });

/** How red and how green the map is in a column of it. */
async function colours(page) {
    const { width, height } = page.viewportSize();
    const found = { red: 0, green: 0 };
    for (let y = 0; y + 150 <= height; y += 150) { // as much as pixels() reads at once
        const data = await pixels(page, { x: Math.round(width * 0.55), y, width: 1, height: 150 });
        for (let i = 0; i < data.length; i += 4) {
            found.red = Math.max(found.red, data[i] - data[i + 1]);
            found.green = Math.max(found.green, data[i + 1] - data[i]);
        }
    }
    return found;
}

export const tests = [
    {
        name: 'from the list of devices: each has its track in its colour and a list that folds; those chosen are in the address',
        async run({ stack, browser }) {
            await fill(stack);
            const page = await browser.newPage(stack);
            await openMap(page, stack, 'paul');
            await page.getByRole('button', { name: 'History of all devices' }).click();
            await page.waitForSelector('.group-history');
            await page.getByRole('button', { name: 'Yesterday' }).click();
            await page.locator('.history-summary', { hasText: '2 devices' }).waitFor();
            assert.match(await page.textContent('.history-summary'), /2 devices · .*km · 122 positions/);
            assert.match(page.url(), new RegExp(`#day=${day()}`));
            await until('both colours', async () => {
                const { red, green } = await colours(page);
                return red > 60 && green > 60;
            });
            assert.match(await section(page, 'bike').locator('summary').textContent(), /km · 1 stay · 61 positions/);
            assert.match(await section(page, 'phone').locator('summary').textContent(), /No positions/);
            const pins = page.locator('.stay-pin');
            await until('a pin for each stay', async () => await pins.count() === 2);
            await section(page, 'van').locator('summary').click();
            await until('the pins of what is folded go', async () => await pins.count() === 1);
            await section(page, 'bike').locator('.span-move').click();
            await page.locator('.group-choice summary').click();
            await page.getByRole('checkbox', { name: 'van' }).uncheck();
            await page.locator('.history-summary', { hasText: '1 device ·' }).waitFor();
            assert.match(page.url(), /devices=paul\/bike,paul\/phone&/);
            await until('no green', async () => (await colours(page)).green < 30);
            await page.reload();
            await page.locator('.history-summary', { hasText: '1 device ·' }).waitFor();
            assert.equal(await page.locator('.group-device').count(), 2);
            await page.goBack();
            await page.locator('.history-summary', { hasText: '2 devices' }).waitFor();
            await page.keyboard.press('Escape');
            await page.waitForSelector('.device-row');
            assert.doesNotMatch(page.url(), /day=/);
            assert.equal(await pins.count(), 0);
        },
    },
    {
        name: 'they are played at one time: who has not begun is not there; j and k go from position to position; a reload goes on',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await open(page, stack);
            await page.locator('.history-summary', { hasText: '2 devices' }).waitFor();
            const pins = page.locator('.play-pin.named');
            await page.locator('.player input').fill('100'); // nine minutes: the van has not begun
            await until('the bike alone', async () => await pins.count() === 1);
            assert.equal(await pins.textContent(), 'BI');
            await page.locator('.player input').fill('500');
            await until('both', async () => await pins.count() === 2);
            await page.evaluate(() => document.activeElement.blur());
            const moment = () => page.textContent('.history-moment');
            const before = await moment();
            await page.keyboard.press('j');
            assert.notEqual(await moment(), before);
            await page.keyboard.press('k');
            await page.keyboard.press('k');
            await page.getByRole('button', { name: 'Speed' }).click();
            const there = await moment();
            await until('the address has it', () => /at=\d{10}&speed=2/.test(page.url()));
            await page.reload();
            await until('the same moment', async () => await moment() === there);
            assert.equal(await page.getByRole('button', { name: 'Speed' }).textContent(), 'Speed 2×');
            await until('both again', async () => await pins.count() === 2);
        },
    },
    {
        name: 'events tell whose they are, and the day where there are several; the calendar counts all; strange addresses do no harm',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await open(page, stack, `#day=${day(1)}..${day()}&devices=nobody/x,paul/bike&at=5&speed=99&off=paul/unknown&trail=7`);
            await page.waitForSelector('.span-event');
            assert.equal(await page.locator('.group-device').count(), 1);
            await until('two pins', async () => await page.locator('.event-pin').count() === 2);
            const labels = await page.locator('.event-pin').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')).sort());
            assert.match(labels[0], /^bike: Entered Depot, \d+ \w+, \d\d:\d\d/);
            assert.match(labels[1], /^bike: Left Depot, \d+ \w+, \d\d:\d\d/);
            await open(page, stack);
            const reads = () => page.seen.requests.filter((one) => one.url().includes('/api/calendar/')).map((one) => new URL(one.url()).searchParams.get('device'));
            await page.click('.history-date');
            await page.waitForSelector(`.calendar-day.has-data[data-day="${day()}"]`);
            assert.deepEqual(reads().sort(), ['paul/bike', 'paul/phone', 'paul/van']);
        },
    },
    ...sizes.map(({ size, ...options }) => ({
        name: `several devices, ${size}: contrast, names, nothing sideways, picture`,
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, options);
            await open(page, stack);
            await page.locator('.history-summary', { hasText: '2 devices' }).waitFor();
            await page.locator('.player input').fill('500');
            await page.waitForSelector('.play-pin.named');
            await atRest(page);
            await lookAt(page, browser, `together-${size}`);
        },
    })),
];
