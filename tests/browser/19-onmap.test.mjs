// What is on the map: trails behind all devices, devices that are taken off it, and asking all phones at once.
import assert from 'node:assert/strict';
import { AFTERNOON, atRest, marker, openMap, pixels, until } from './browser.mjs';
import { lookAt, sizes } from './look.mjs';

export const users = { jana: false, karl: false };
const now = () => Math.floor(Date.now() / 1000);
const row = (page, name) => page.locator('.device', { has: page.locator('.device-name', { hasText: new RegExp(`^${name}$`) }) });

/** Both come from the west within the last half hour; one of them, and a third device, were elsewhere yesterday. */
async function seed(stack) {
    stack.sql("update my_tracks_device set latest_location_id = null where owner_id = (select id from auth_user where username = 'jana')");
    stack.sql("delete from my_tracks_location where device_id in (select id from my_tracks_device where owner_id = (select id from auth_user where username = 'jana'))");
    for (const [name, lat] of [['red', 48.21], ['green', 48.2]]) {
        for (let i = 0; i <= 10; i++) {
            await stack.post('jana', name, { lat, lon: 16.36 + i * 0.002, tst: now() - 1500 + i * 140 });
        }
    }
    await stack.post('jana', 'old', { lat: 48.205, lon: 16.36, tst: now() - 90_000 });
    await stack.post('jana', 'old', { lat: 48.205, lon: 16.38, tst: now() - 85_000 });
    const id = Object.fromEntries(stack.sql("select device_id, id from my_tracks_device where owner_id = (select id from auth_user where username = 'jana')"));
    stack.sql('delete from mytracks_device_look');
    stack.sql("insert into mytracks_device_look values (?, '#b91c2e'), (?, '#157f3c')", [id.red, id.green]);
}

/** How much of each colour there is in a strip west of the marker. */
async function strip(page, name) {
    const at = await marker(page, name);
    const data = await pixels(page, { x: at.x - 60, y: at.y - 6, width: 1, height: 12 });
    const found = { red: 0, green: 0 };
    for (let i = 0; i < data.length; i += 4) {
        found.red = Math.max(found.red, data[i] - data[i + 1]);
        found.green = Math.max(found.green, data[i + 1] - data[i]);
    }
    return found;
}
const trailOf = (page, name) => async () => (await strip(page, name))[name] > 60;
const noTrail = (page, name) => async () => (await strip(page, name))[name] < 20;

export const tests = [
    {
        name: 'a trail behind each device that moved within the hour; longer, and off, by choice; the choice stays',
        async run({ stack, browser }) {
            await seed(stack);
            const page = await browser.newPage(stack);
            await openMap(page, stack, 'jana');
            await until('the red trail', trailOf(page, 'red'));
            await until('the green trail', trailOf(page, 'green'));
            await page.click('#menu-button');
            await page.locator('#trails-choice label', { hasText: 'Off' }).click();
            await until('no trail', noTrail(page, 'red'));
            await page.reload();
            await page.waitForSelector('.marker[title=red]');
            await page.click('#menu-button');
            assert.equal(await page.locator('#trails-choice input:checked').inputValue(), '0');
            assert.ok(await noTrail(page, 'red')());
            await page.locator('#trails-choice label', { hasText: '6 h' }).click();
            await until('the red trail again', trailOf(page, 'red'));
        },
    },
    {
        name: 'a trail grows with the feed',
        async run({ stack, browser }) {
            await seed(stack);
            const page = await browser.newPage(stack);
            await openMap(page, stack, 'jana');
            await until('the red trail', trailOf(page, 'red'));
            const before = await marker(page, 'red');
            await stack.post('jana', 'red', { lat: 48.21, lon: 16.39 });
            await until('it has moved', async () => (await marker(page, 'red')).x > before.x + 60);
            await until('the trail too', trailOf(page, 'red'));
        },
    },
    {
        name: 'a box takes a device off the map, trail and all, also after a reload; choosing it shows it',
        async run({ stack, browser }) {
            await seed(stack);
            const page = await browser.newPage(stack);
            await openMap(page, stack, 'jana');
            await page.waitForSelector('.marker[title=green]');
            await row(page, 'green').getByRole('checkbox').uncheck();
            await page.locator('.marker[title=green]').waitFor({ state: 'detached' });
            assert.equal(await page.locator('.marker').count(), 2);
            await page.reload();
            await page.waitForSelector('.marker[title=red]');
            assert.equal(await page.locator('.marker[title=green]').count(), 0);
            await row(page, 'green').locator('.device-row').click();
            await page.waitForSelector('.marker[title=green]');
            await page.keyboard.press('Escape');
            await page.locator('.marker[title=green]').waitFor({ state: 'detached' });
            await row(page, 'green').getByRole('checkbox').check();
            await page.waitForSelector('.marker[title=green]');
        },
    },
    {
        name: 'from now: trails, track and events of before are gone, what comes is drawn; a length reads them again; latest has the old ones',
        async run({ stack, browser }) {
            await seed(stack);
            const page = await browser.newPage(stack, { timezoneId: AFTERNOON });
            await openMap(page, stack, 'jana');
            await until('the red trail', trailOf(page, 'red'));
            const choose = async (name) => {
                await page.click('#menu-button');
                await page.locator('#trails-choice label', { hasText: name }).click();
                await page.keyboard.press('Escape');
            };
            await choose('From now');
            await until('no trail', noTrail(page, 'red'));
            assert.match(page.url(), /trail=from\d{10}/);
            await row(page, 'red').locator('.device-row').click();
            await row(page, 'red').getByText(/^Since \d\d:\d\d/).waitFor();
            await row(page, 'red').getByText('No track today yet').waitFor();
            await stack.post('jana', 'red', { lat: 48.21, lon: 16.385 });
            await stack.post('jana', 'red', { lat: 48.21, lon: 16.39, tst: now() + 1 });
            await until('what came since', async () => /2 positions/.test(await row(page, 'red').textContent()));
            await page.reload();
            await until('the same moment', async () => /Since.*2 positions/.test(await row(page, 'red').textContent()));
            await choose('1 h');
            await until('all of the hour', async () => /Today.*13 positions/.test(await row(page, 'red').textContent()));
            assert.doesNotMatch(page.url(), /trail=/);
            await page.keyboard.press('Escape');
            assert.equal(await page.locator('#menu').isVisible(), false);
            await choose('Latest');
            await page.getByRole('button', { name: 'Show all devices' }).click();
            await atRest(page);
            assert.match(page.url(), /trail=latest/);
            await until('the red trail again', trailOf(page, 'red'));
            await choose('1 h');
        },
    },
    {
        name: 'the address tells which devices are off and how long trails are; another browser that opens it sees the same',
        async run({ stack, browser }) {
            await seed(stack);
            const page = await browser.newPage(stack);
            await openMap(page, stack, 'jana');
            await row(page, 'green').getByRole('checkbox').uncheck();
            await page.click('#menu-button');
            await page.locator('#trails-choice label', { hasText: '6 h' }).click();
            await until('both are there', () => /off=jana\/green&trail=6/.test(page.url()));
            const other = await browser.newPage(stack);
            await openMap(other, stack, 'jana', new URL(page.url()).hash);
            await other.waitForSelector('.marker[title=red]');
            assert.equal(await other.locator('.marker[title=green]').count(), 0);
            await other.click('#menu-button');
            assert.equal(await other.locator('#trails-choice input:checked').inputValue(), '6');
            await other.goto(`${stack.base}/about/`);
            await other.goto(`${stack.base}/`);
            await other.waitForSelector('.marker[title=green]'); // it was not its own choice
        },
    },
    {
        name: 'all of one’s own phones are asked at once; who has one only is not offered that',
        async run({ stack, browser }) {
            await seed(stack);
            await stack.post('karl', 'only', { lat: 48.3, lon: 16.4 });
            stack.sql('delete from mytracks_command');
            for (const phone of [false, true]) {
                const page = await browser.newPage(stack, { phone });
                await openMap(page, stack, 'jana');
                await page.getByRole('button', { name: 'Ask all for their position' }).click();
                await page.locator('.toast', { hasText: '3 phones are asked' }).waitFor();
                const asked = stack.sql("select count(distinct device_id) from mytracks_command where action = 'reportLocation'");
                assert.deepEqual(asked, [[3]]);
                stack.sql('delete from mytracks_command');
            }
            const other = await browser.newPage(stack);
            await openMap(other, stack, 'karl');
            await other.waitForSelector('.marker[title=only]');
            assert.ok(await other.locator('#ask-all').isHidden());
            assert.equal(await other.locator('.device-shown:visible').count(), 0);
        },
    },
    ...sizes.map(({ size, ...options }) => ({
        name: `trails, ${size}: contrast, names, nothing sideways, picture`,
        async run({ stack, browser }) {
            await seed(stack);
            const page = await browser.newPage(stack, options);
            await openMap(page, stack, 'jana');
            await until('a trail', trailOf(page, 'red'));
            await page.waitForSelector('#new-fence:visible'); // the last that comes by itself
            await lookAt(page, browser, `trails-${size}`);
        },
    })),
];
