// The search: one field over devices, places, days and pages; and the keys of one letter, which can be switched off.
import assert from 'node:assert/strict';
import { atRest, openMap, until } from './browser.mjs';
import { lookAt, sizes } from './look.mjs';

export const users = { rosa: false, sven: false, tilda: true };

async function fill(stack) {
    await stack.post('rosa', 'phone', { lat: 48.2, lon: 16.35 });
    await stack.post('rosa', 'bike', { lat: 48.3, lon: 16.5 });
    await stack.post('sven', 'boat', { lat: 48.4, lon: 16.6 });
    await stack.post('tilda', 'tram', { lat: 48.4, lon: 16.6 });
    if (stack.sql("select count(*) from my_tracks_waypoint where rid = 'rosa-cafe'")[0][0] === 0) {
        stack.sql(`insert into my_tracks_waypoint (label, latitude, longitude, radius, rid, is_active, created_at, updated_at, user_id)
            select 'Café <b>', 47.07, 15.44, 80, 'rosa-cafe', 1, '2026-01-01', '2026-01-01', id from auth_user where username = 'rosa'`);
        stack.sql('insert into my_tracks_deviceshare (created_at, device_id, shared_with_id) select datetime(\'now\'), d.id, u.id'
            + ' from my_tracks_device d, auth_user u where d.device_id = \'boat\' and u.username = \'rosa\'');
    }
}

async function open(page, stack, user = 'rosa') {
    await fill(stack);
    await openMap(page, stack, user);
    await page.waitForSelector('.device-row');
    await page.keyboard.press('/');
    await page.waitForSelector('.search-window');
}
const field = (page) => page.getByRole('combobox', { name: 'Search' });
const options = (page) => page.locator('.search-option span:first-of-type').allTextContents();

export const tests = [
    {
        name: 'by keys: a device is found, chosen with the arrows and opened; nothing of it is loaded before',
        async run({ stack, browser }) {
            await fill(stack);
            const page = await browser.newPage(stack);
            await openMap(page, stack, 'rosa');
            await page.waitForSelector('#new-fence:visible'); // the last that comes by itself
            const loads = () => page.seen.requests.filter((one) => /search\.\w+\.js/.test(one.url())).length;
            assert.equal(loads(), 0);
            await page.keyboard.press('/');
            await until('the field has the focus', () => page.evaluate(() => document.activeElement.id === 'search-input'));
            assert.equal(loads(), 1);
            assert.equal(await field(page).getAttribute('aria-expanded'), 'true');
            assert.equal(await field(page).getAttribute('aria-activedescendant'), null);
            await page.keyboard.type('B');
            await page.locator('.search-option', { hasText: 'boat' }).waitFor();
            const chosen = () => page.evaluate(() => document.getElementById(document.activeElement.getAttribute('aria-activedescendant')).innerText.trim());
            assert.match(await chosen(), /^bike/);
            await page.keyboard.press('ArrowDown');
            assert.match(await chosen(), /^boat\s+sven/);
            assert.ok(await page.getByRole('group', { name: 'Devices of friends' }).isVisible());
            await page.keyboard.press('ArrowUp');
            assert.equal(await page.locator('[role=option][aria-selected=true]').count(), 1);
            await page.keyboard.press('Enter');
            await page.waitForSelector('.device.selected:has-text("bike")');
            assert.match(page.url(), /device=rosa\/bike/);
            assert.equal(await page.locator('.search-window').count(), 0);
        },
    },
    {
        name: 'a place leads the map there, without its accent too; markup in its name is text',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await open(page, stack);
            await field(page).fill('cafe');
            await page.locator('.search-option', { hasText: 'Café <b>' }).click();
            await until('the map is there', () => /map=15\.00\/47\.07\d*\/15\.44/.test(page.url()));
        },
    },
    {
        name: 'a day opens the past, of the chosen device or of all; what is no day finds nothing',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await open(page, stack);
            await field(page).fill('3 nov 2025');
            assert.deepEqual(await options(page), ['Mon, 3 Nov 2025']);
            await page.keyboard.press('Enter');
            await page.waitForSelector('.group-history');
            assert.match(page.url(), /#day=2025-11-03/);
            await page.keyboard.press('Escape');
            await page.locator('.device', { hasText: 'phone' }).locator('.device-row').click();
            await page.keyboard.press('/');
            await field(page).fill('2025-11-04');
            await page.locator('.search-option').click();
            await page.locator('.history-head h3', { hasText: 'phone' }).waitFor();
            assert.match(page.url(), /device=rosa\/phone&day=2025-11-04/);
            await page.keyboard.press('/');
            await field(page).fill('31 feb');
            await page.getByText('Nothing found.').waitFor();
            assert.equal(await field(page).getAttribute('aria-expanded'), 'false');
            await page.keyboard.press('Enter'); // opens nothing
            await page.keyboard.press('Escape');
            await page.waitForSelector('.search-window', { state: 'detached' });
            assert.ok(await page.locator('.history').isVisible(), 'Escape has closed the search alone');
        },
    },
    {
        name: 'pages: those of administrators for them alone; in German in German',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await open(page, stack);
            await field(page).fill('administration');
            await page.getByText('Nothing found.').waitFor();
            await field(page).fill('profile');
            await page.keyboard.press('Enter');
            await page.waitForURL('**/profile/');
            const german = await browser.newPage(stack, { locale: 'de-AT' });
            await open(german, stack, 'tilda');
            await german.getByRole('combobox', { name: 'Suche' }).fill('gestern');
            assert.equal(await german.locator('.search-option').count(), 1);
            await german.getByRole('combobox', { name: 'Suche' }).fill('verwaltung');
            await german.keyboard.press('Enter');
            await german.waitForURL('**/admin-panel/');
        },
    },
    {
        name: 'keys of one letter are switched off in their window, and stay off; Escape and the buttons go on',
        async run({ stack, browser }) {
            await fill(stack);
            const page = await browser.newPage(stack);
            await openMap(page, stack, 'rosa');
            await page.waitForSelector('.device-row');
            await page.keyboard.press('?');
            await page.getByRole('checkbox', { name: 'Keys of a single letter or sign' }).uncheck();
            await page.keyboard.press('Escape');
            await page.reload();
            await page.waitForSelector('.device-row');
            for (const key of ['j', '/', '?', 'h']) {
                await page.keyboard.press(key);
            }
            assert.equal(await page.locator('.device.selected, dialog[open], .history').count(), 0);
            await page.locator('.device-row').first().click();
            await page.waitForSelector('.device.selected');
            await page.keyboard.press('Escape');
            await page.waitForSelector('.device.selected', { state: 'detached' });
            await page.getByRole('button', { name: 'Search' }).click();
            await page.waitForSelector('.search-window');
            await page.keyboard.press('Escape');
            await page.click('#menu-button');
            await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
            await page.getByRole('checkbox', { name: 'Keys of a single letter or sign' }).check();
            await page.keyboard.press('Escape');
            await page.waitForSelector('dialog[open]', { state: 'detached' });
            await page.keyboard.press('j');
            await page.waitForSelector('.device.selected');
        },
    },
    ...sizes.map(({ size, ...look }) => ({
        name: `search, ${size}: contrast, names, nothing sideways, picture`,
        async run({ stack, browser }) {
            await fill(stack);
            const page = await browser.newPage(stack, look);
            await openMap(page, stack, 'rosa');
            await page.waitForSelector('#new-fence:visible');
            await atRest(page);
            await page.getByRole('button', { name: 'Search' }).click();
            await field(page).fill('o');
            await page.locator('.search-option', { hasText: 'boat' }).waitFor();
            await lookAt(page, browser, `search-${size}`);
        },
    })),
];
