// Histories from files, positions that are removed one by one or all of a time, and how they come back.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openMap, signIn, until } from './browser.mjs';
import { lookAt, sizes } from './look.mjs';

export const users = { ivy: false, ada: true };
export function prepare(stack) { // others' tests remove positions too
    stack.sql('delete from mytracks_removed');
    stack.sql('delete from mytracks_removal');
}

const GPX = (points) => `<?xml version="1.0"?><gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>${points.map(([time, lat]) =>
    `<trkpt lat="${lat}" lon="16.3"><time>${time}</time></trkpt>`).join('\n')}</trkseg></trk></gpx>`;
const DAY = '2026-02-03';
const HIKE = GPX([[`${DAY}T10:00:00Z`, 48.2], [`${DAY}T10:05:00Z`, 48.21], [`${DAY}T10:10:00Z`, 48.22], [`${DAY}T10:15:00Z`, 48.23], ['nonsense', 48.24]]);

async function withFile(name, text, run) {
    const folder = mkdtempSync(join(tmpdir(), 'mytracks-import-'));
    const path = join(folder, name);
    writeFileSync(path, text);
    try {
        await run(path);
    } finally {
        rmSync(folder, { recursive: true });
    }
}

const positions = (stack, device) => stack.sql('select count(*) from my_tracks_location l join my_tracks_device d on d.id = l.device_id where d.device_id = ?', [device])[0][0];

/** By clicking, as the first test does. */
async function importHike(page, device = 'hikes') {
    await withFile('hike <b>.gpx', HIKE, async (path) => {
        await page.getByLabel('Device, one of yours or a new name').fill(device);
        await page.locator('#import-file').setInputFiles(path);
        await page.getByRole('button', { name: 'Import', exact: true }).click();
        await page.locator('#import-result .facts').waitFor();
    });
}

async function openDay(page, stack) {
    await openMap(page, stack, 'ivy', `#device=ivy/hikes&day=${DAY}`);
    await page.locator('.raw-all summary').click();
    await page.waitForSelector('.raw-all .raw');
}

const facts = async (page) => (await page.locator('#import-result .facts dd').allInnerTexts()).map(Number);

export const tests = [
    {
        name: 'a file becomes the history of a new device, what cannot be stored is told, and a second time nothing is new',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await signIn(page, stack, 'ivy', '/profile/#import');
            await importHike(page);
            assert.deepEqual(await facts(page), [5, 4, 0, 1]);
            assert.match(await page.innerText('#import-result'), /hike <b>\.gpx is imported into hikes[\s\S]*Line 5: a position without a time/);
            assert.equal(positions(stack, 'hikes'), 4);
            await importHike(page);
            assert.deepEqual(await facts(page), [5, 0, 4, 1]);
            await page.getByRole('link', { name: 'Show on the map' }).click();
            await page.waitForSelector('.device.selected:has-text("hikes")');
        },
    },
    {
        name: 'what is no history is said, and the device is not made',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, { allow: [/400 \(Bad Request\)/] });
            await signIn(page, stack, 'ivy', '/profile/');
            await withFile('cat.txt', 'meow', async (path) => {
                await page.getByLabel('Device, one of yours or a new name').fill('cats');
                await page.locator('#import-file').setInputFiles(path);
                await page.getByRole('button', { name: 'Import', exact: true }).click();
                await page.getByRole('alert').filter({ hasText: 'no known format' }).waitFor();
            });
            assert.deepEqual(stack.sql("select count(*) from my_tracks_device where device_id = 'cats'"), [[0]]);
            await page.getByLabel('Device, one of yours or a new name').fill('a/b');
            await page.getByRole('button', { name: 'Import', exact: true }).click();
            assert.equal(await page.locator('#import-device:invalid').count(), 1);
        },
    },
    {
        name: 'in German the reasons are German too: of a line, of JSON, of a file without any position',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, { locale: 'de-AT', allow: [/400 \(Bad Request\)/] });
            await signIn(page, stack, 'ivy', '/profile/#import');
            const importText = (name, text) => withFile(name, text, async (path) => {
                await page.getByLabel('Gerät, eines von dir oder ein neuer Name').fill('strecken');
                await page.locator('#import-file').setInputFiles(path);
                await page.getByRole('button', { name: 'Importieren', exact: true }).click();
            });
            await importText('tag.gpx', HIKE);
            await page.locator('#import-result li', { hasText: 'Zeile 5: eine Position ohne lesbare Zeit' }).waitFor();
            await importText('tag.rec', `${DAY}T12:00:00Z\t*\t{"_type":}\n${DAY}T12:00:00Z\t*\t{"_type":"location","lat":48.5,"lon":16,"tst":1770120000}\n`);
            await page.locator('#import-result li', { hasText: 'Zeile 1: hier fehlt ein Wert: Zeile 1, Spalte 10 (Zeichen 9)' }).waitFor();
            await importText('leer.gpx', '<gpx/>');
            await page.getByRole('alert').filter({ hasText: 'in der Datei ist keine Position' }).waitFor();
            await importText('ohne-zeit.csv', 'time,lat,lon\nsoon,1,2\n');
            await page.getByRole('alert').filter({ hasText: 'Keine Position ließ sich speichern. Zeile 2: eine Position ohne lesbare Zeit' }).waitFor();
        },
    },
    {
        name: 'an import that goes on is told also to a page that is opened meanwhile, and its end too',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            const [[device]] = stack.sql("select id from my_tracks_device where device_id = 'hikes'");
            const now = new Date().toISOString().slice(0, 19).replace('T', ' ');
            stack.sql(`insert into mytracks_import (user_id, device_id, name, state, done, size, found, stored, known, refused, report, started_at, updated_at)
                select id, ?, 'long.gpx', 0, 500, 1000, 1234, 1200, 0, 0, '[]', ?, ? from auth_user where username = 'ivy'`, [device, now, now]);
            await signIn(page, stack, 'ivy', '/profile/');
            await page.locator('#import-result', { hasText: '1,234 positions read, 1,200 stored so far' }).waitFor();
            assert.equal(await page.locator('#import-result progress').evaluate((bar) => bar.value), 0.5);
            stack.sql("update mytracks_import set state = 1 where name = 'long.gpx'");
            await page.locator('#import-result', { hasText: 'long.gpx is imported into hikes' }).waitFor();
        },
    },
    {
        name: 'by keys: a position is removed, brought back, and the focus stays where one is; the track goes along',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await openDay(page, stack);
            const summary = (n) => page.locator('.history-summary', { hasText: `${n} positions` }).waitFor();
            await summary(4);
            const cross = page.getByRole('button', { name: /^Remove the position of 11:05/ });
            await cross.press('Enter');
            await page.locator('.raw-gone', { hasText: 'is removed' }).waitFor();
            await summary(3);
            assert.equal(positions(stack, 'hikes'), 3);
            assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Undo');
            await page.keyboard.press('Enter');
            await cross.waitFor();
            await summary(4);
            await until('the focus is on the cross', () => page.evaluate(() => (document.activeElement.getAttribute('aria-label') ?? '').includes('11:05')));
            assert.equal(await page.locator('.raw-all .raw').count(), 4);
            assert.deepEqual(stack.sql('select count(*) from mytracks_removed'), [[0]]);
        },
    },
    {
        name: 'where the device is on the map: the one before takes its place, and it comes back from the message',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            const latest = () => stack.sql("select l.timestamp from my_tracks_device d left join my_tracks_location l on l.id = d.latest_location_id where d.device_id = 'hikes'")[0][0];
            await openDay(page, stack);
            await page.getByRole('button', { name: /^Remove the position of 11:15/ }).click();
            await page.locator('.toast', { hasText: '1 position is removed' }).waitFor();
            assert.equal(latest(), `${DAY} 10:10:00`);
            await page.locator('.toast').getByRole('button', { name: 'Undo' }).click();
            await page.locator('.toast', { hasText: '1 position is back' }).waitFor();
            assert.equal(latest(), `${DAY} 10:15:00`);
        },
    },
    {
        name: 'all of a day: undone at once, or from the profile, or deleted for good after a question',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            const removeDay = async () => {
                await page.goto(`${stack.base}/about/`); // the map is to be another page then
                await openMap(page, stack, 'ivy', `#device=ivy/hikes&day=${DAY}`);
                await page.getByRole('button', { name: 'Remove…' }).click();
                await page.getByRole('dialog').getByText('30 days').waitFor();
                await page.getByRole('button', { name: 'Remove', exact: true }).click();
                await page.locator('.toast', { hasText: '4 positions are removed' }).waitFor();
                assert.equal(positions(stack, 'hikes'), 0);
            };
            await removeDay();
            await page.locator('.toast').getByRole('button', { name: 'Undo' }).click();
            await page.locator('.history-summary', { hasText: '4 positions' }).waitFor();
            assert.equal(positions(stack, 'hikes'), 4);
            await removeDay();
            await page.goto(`${stack.base}/profile/#removed`);
            await page.locator('#removed .row', { hasText: '4 positions of hikes' }).getByRole('button', { name: 'Bring back' }).click();
            await page.locator('#removed', { hasText: 'Nothing is kept' }).waitFor();
            assert.equal(positions(stack, 'hikes'), 4);
            await removeDay();
            await page.goto(`${stack.base}/profile/#removed`);
            const forget = page.getByRole('button', { name: 'Delete for good now' });
            await forget.first().click();
            await page.getByRole('dialog').getByText('nothing brings them back').waitFor();
            await page.keyboard.press('Escape');
            assert.deepEqual(stack.sql('select count(*) from mytracks_removed'), [[4]]);
            await forget.first().click();
            await page.getByRole('dialog').getByRole('button', { name: 'Delete for good now' }).click();
            await page.locator('#removed', { hasText: 'Nothing is kept' }).waitFor();
            assert.deepEqual(stack.sql('select count(*) from mytracks_removed'), [[0]]);
        },
    },
    {
        name: "administrators remove one from the data page, see it below, and bring it back; another's list has no crosses",
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await signIn(page, stack, 'ivy', '/profile/#import');
            await importHike(page);
            stack.sql(`insert into my_tracks_deviceshare (created_at, device_id, shared_with_id)
                select datetime('now'), d.id, u.id from my_tracks_device d, auth_user u where d.device_id = 'hikes' and u.username = 'ada'`);
            const admin = await browser.newPage(stack);
            await signIn(admin, stack, 'ada', '/admin-panel/data/?table=locations&device=ivy/hikes');
            await admin.locator('#rows tbody .tick input').first().check();
            await admin.getByRole('button', { name: 'Delete the chosen (1)' }).click();
            await admin.getByRole('dialog').getByText('30 days').waitFor();
            await admin.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
            await admin.locator('#removed .row', { hasText: '1 position of ivy/hikes' }).getByRole('button', { name: 'Bring back' }).click();
            await admin.locator('#removed', { hasText: 'Nothing is kept' }).waitFor();
            await until('four rows', async () => await admin.locator('#rows tbody tr').count() === 4);
            await openMap(admin, stack, 'ada', `#device=ivy/hikes&day=${DAY}`);
            await admin.locator('.raw-all summary').click();
            await admin.waitForSelector('.raw-all .raw');
            assert.equal(await admin.locator('.raw-row .icon-button').count(), 0);
        },
    },
    {
        name: 'a removed place is on the profile too, and comes back with its rules; administrators bring it back where they removed it',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            const [[place]] = stack.sql(`insert into my_tracks_waypoint (label, latitude, longitude, radius, rid, is_active, created_at, updated_at, user_id)
                select 'Mill <b>', 48.2, 16.3, 90, 'ivy-mill', 1, '2026-01-01', '2026-01-01', id from auth_user where username = 'ivy' returning id`);
            stack.sql(`insert into my_tracks_transitionaction (event, action_type, email_address, is_active, created_at, user_id, waypoint_id)
                select 'enter', 'email', 'ivy@example.org', 1, '2026-01-01', user_id, id from my_tracks_waypoint where id = ?`, [place]);
            const there = () => stack.sql('select (select count(*) from my_tracks_waypoint where id = ?), (select count(*) from my_tracks_transitionaction where waypoint_id = ?)', [place, place])[0];
            const removeIt = async () => {
                await signIn(page, stack, 'ivy', '/geofences/');
                await page.locator('.place-name', { hasText: 'Mill <b>' }).click();
                await page.locator('.confirm summary', { hasText: 'Delete' }).click();
                await page.getByText('For 30 days your profile has it').waitFor();
                await page.getByRole('button', { name: 'Delete this place' }).click();
                await until('it is gone', () => there().join() === '0,0');
                await page.goto(`${stack.base}/profile/#removed`);
            };
            const row = page.locator('#removed .row', { hasText: 'Place Mill <b> with 1 rule' });
            await removeIt();
            await row.getByRole('button', { name: 'Bring back' }).click();
            await page.locator('.toast', { hasText: 'Mill <b> is back.' }).waitFor();
            assert.deepEqual(there(), [1, 1]);
            await removeIt();
            await row.getByRole('button', { name: 'Delete for good now' }).click();
            await page.getByRole('dialog').getByText('Mill <b>: nothing brings it back then.').waitFor();
            await page.keyboard.press('Escape');
            await page.getByRole('dialog').waitFor({ state: 'detached' });
            const admin = await browser.newPage(stack);
            await signIn(admin, stack, 'ada', '/admin-panel/data/?table=geofences');
            await admin.locator('#removed .row', { hasText: 'Place Mill <b> (ivy)' }).getByRole('button', { name: 'Bring back' }).click();
            await admin.locator('#rows tr', { hasText: 'Mill <b>' }).locator('input').check();
            await admin.getByRole('button', { name: 'Delete the chosen (1)' }).click();
            await admin.getByRole('dialog').getByText('30 days').waitFor();
            await admin.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
            await admin.locator('#removed .row', { hasText: 'Place Mill <b> (ivy)' }).waitFor();
            await page.reload();
            await row.getByRole('button', { name: 'Delete for good now' }).click();
            await page.getByRole('dialog').getByRole('button', { name: 'Delete for good now' }).click();
            await page.locator('.toast', { hasText: 'Mill <b> is deleted for good.' }).waitFor();
            assert.deepEqual(stack.sql('select count(*) from mytracks_removed_place where id = ?', [place]), [[0]]);
        },
    },
    ...sizes.map(({ size, phone }) => ({
        name: `the look of imports and of what was removed: ${size}`,
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, { phone });
            await signIn(page, stack, 'ivy', '/profile/#import');
            await importHike(page);
            await openDay(page, stack);
            await page.getByRole('button', { name: /^Remove the position of 11:05/ }).click();
            await page.locator('.raw-gone').waitFor();
            await page.locator('.raw-gone').scrollIntoViewIfNeeded();
            await lookAt(page, browser, `removed-one-${size}`);
            await page.goto(`${stack.base}/profile/#import`);
            await importHike(page);
            await page.locator('#removed .row').first().waitFor();
            await page.locator('#import').scrollIntoViewIfNeeded();
            await lookAt(page, browser, `import-${size}`);
        },
    })),
];
