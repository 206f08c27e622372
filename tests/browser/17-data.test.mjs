// The data page: tables narrowed, walked through, deleted from; owners; what was set aside.
import assert from 'node:assert/strict';
import { signIn, until } from './browser.mjs';
import { lookAt, sizes } from './look.mjs';

export const users = { boss: true, dora: false, emil: false };
const DEVICE = 'data phone';

async function seed(stack) {
    const now = Math.floor(Date.now() / 1000);
    for (let i = 0; i < 4; i++) {
        await stack.post('dora', DEVICE, { lat: 50 + i / 100, lon: 8.5, tst: now - 600 + i * 60, vel: 30 * i, batt: 80 - i });
    }
    await stack.post('emil', 'data tablet', { lat: 51, lon: 9, tst: now - 60 });
    const [[device]] = stack.sql('select id from my_tracks_device where device_id = ?', [DEVICE]);
    for (const [type, payload] of [['status', { _type: 'status', iOS: { version: '26.1', deviceModel: 'iPhone' }, note: '<b>bold</b>' }], ['steps', { _type: 'steps', steps: 4321 }]]) {
        stack.sql('insert into my_tracks_owntracksmessage (message_type, payload, ip_address, received_at, device_id)'
            + " values (?, ?, '192.0.2.10', strftime('%Y-%m-%d %H:%M:%f', 'now'), ?)", [type, JSON.stringify(payload), device]);
    }
    return device;
}

function quarantine(stack, raw, reason) {
    return stack.sql("insert into mytracks_quarantine (received_at, via, username, address, topic, raw, reason) values (datetime('now'), 'mqtt', 'dora',"
        + " '192.0.2.10', ?, cast(? as blob), ?) returning id", [`owntracks/dora/${DEVICE}`, raw, reason])[0][0];
}

async function clear(stack) {
    stack.sql("update my_tracks_device set latest_location_id = null where device_id like 'data %'");
    for (const table of ['location', 'owntracksmessage', 'transition']) {
        stack.sql(`delete from my_tracks_${table} where device_id in (select id from my_tracks_device where device_id like 'data %')`);
    }
    stack.sql("delete from my_tracks_device where device_id like 'data %'");
    stack.sql('delete from mytracks_quarantine');
}

async function openData(browser, stack, options = {}, rest = '') {
    const page = await browser.newPage(stack, options);
    await signIn(page, stack, 'boss', '/admin-panel/status/');
    if (rest === '') {
        await page.locator('.tabs a', { hasText: 'Data' }).click();
    } else {
        await page.goto(`${stack.base}/admin-panel/data/${rest}`);
    }
    await page.waitForSelector('#rows table, #rows .muted');
    return page;
}

const tab = (page, name) => page.locator('#tables a', { hasText: name }).click();
const rowCount = (page) => page.locator('#rows tbody tr').count();

async function narrow(page, fields) {
    for (const [name, value] of Object.entries(fields)) {
        const field = page.locator(`#filter-${name}`);
        await ((await field.evaluate((node) => node.tagName)) === 'SELECT' ? field.selectOption(value) : field.fill(value));
    }
    await page.locator('#filter button[type=submit]').click();
}

export const tests = [
    {
        name: 'from a device to its positions; the address keeps it; back goes back',
        async run({ stack, browser }) {
            await clear(stack);
            await seed(stack);
            const page = await openData(browser, stack);
            await narrow(page, { q: 'data ph' });
            await until('one device', async () => (await rowCount(page)) === 1);
            await page.locator('#rows tr', { hasText: DEVICE }).getByRole('button', { name: 'Positions' }).click();
            await until('its positions', async () => (await rowCount(page)) === 4);
            assert.equal(await page.inputValue('#filter-device'), `dora/${DEVICE}`);
            assert.equal(await page.locator('#rows tbody tr').first().locator('time').first().getAttribute('datetime') !== null, true);
            await page.reload();
            await until('the same again', async () => (await rowCount(page)) === 4);
            await page.goBack();
            await until('the device', async () => (await page.textContent('#table-title')) === 'Devices' && (await rowCount(page)) === 1);
        },
    },
    {
        name: 'positions: chosen ones go; all that match are counted first',
        async run({ stack, browser }) {
            await clear(stack);
            const device = await seed(stack);
            const left = () => stack.sql('select count(*) from my_tracks_location where device_id = ?', [device])[0][0];
            const page = await openData(browser, stack, {}, `?table=locations&device=${encodeURIComponent(`dora/${DEVICE}`)}`);
            await until('rows', async () => (await rowCount(page)) === 4);
            await page.locator('#rows tbody tr').first().locator('input[type=checkbox]').check();
            await page.getByRole('button', { name: 'Delete the chosen (1)' }).click();
            await page.click('#ask-ok');
            await until('three rows', async () => (await rowCount(page)) === 3);
            assert.equal(left(), 3);
            await page.getByRole('button', { name: 'Delete all that match…' }).click();
            await page.waitForFunction(() => document.querySelector('#ask-title')?.textContent === 'Delete 3 rows?');
            await page.getByRole('button', { name: 'Cancel' }).click();
            assert.equal(left(), 3);
            await page.getByRole('button', { name: 'Delete all that match…' }).click();
            await page.click('#ask-ok');
            await page.locator('.toast', { hasText: '3 rows deleted' }).waitFor();
            assert.equal(left(), 0);
            assert.equal(stack.sql("select count(*) from my_tracks_location l join my_tracks_device d on d.id = l.device_id where d.device_id = 'data tablet'")[0][0], 1);
        },
    },
    {
        name: 'messages: by type, and whole; markup in them is text',
        async run({ stack, browser }) {
            await clear(stack);
            await seed(stack);
            const page = await openData(browser, stack);
            await tab(page, 'Messages');
            await narrow(page, { device: `dora/${DEVICE}`, type: 'status' });
            await until('one message', async () => (await rowCount(page)) === 1);
            await page.locator('#rows').getByRole('button', { name: 'Look' }).click();
            assert.match(await page.textContent('.window .payload'), /"deviceModel": "iPhone"/);
            assert.match(await page.textContent('.window .payload'), /<b>bold<\/b>/);
            await page.keyboard.press('Escape');
            await page.locator('.window').waitFor({ state: 'detached' });
        },
    },
    {
        name: 'a device gets another owner, and goes',
        async run({ stack, browser }) {
            await clear(stack);
            const device = await seed(stack);
            const page = await openData(browser, stack, { phone: true });
            await narrow(page, { q: 'data phone' });
            const row = page.locator('#rows tr', { hasText: DEVICE });
            await row.getByRole('button', { name: 'Owner…' }).click();
            await page.selectOption('#give-owner', 'emil');
            await page.locator('.window').getByRole('button', { name: 'Save' }).click();
            await page.locator('#rows tr', { hasText: 'emil' }).waitFor();
            assert.deepEqual(stack.sql('select u.username from my_tracks_device d join auth_user u on u.id = d.owner_id where d.id = ?', [device]), [['emil']]);
            await page.locator('#rows tbody input[type=checkbox]').check();
            await page.getByRole('button', { name: 'Delete the chosen (1)' }).click();
            assert.match(await page.textContent('#ask-text'), /Their 4 positions/);
            await page.click('#ask-ok');
            await page.locator('#rows .muted', { hasText: 'nothing like that' }).waitFor();
            assert.deepEqual(stack.sql('select count(*) from my_tracks_device where id = ?', [device]), [[0]]);
        },
    },
    {
        name: 'quarantine: what can be read now is stored, the rest says why and stays',
        async run({ stack, browser }) {
            await clear(stack);
            await seed(stack);
            quarantine(stack, JSON.stringify({ _type: 'location', lat: 50.5, lon: 8.5, tst: 1_772_800_000 }), 'it was another time');
            quarantine(stack, '{"_type": "location", "lat": ', 'Expecting value');
            const page = await openData(browser, stack, { allow: [/409 \(Conflict\)/] });
            await tab(page, 'Quarantine');
            await until('two rows', async () => (await rowCount(page)) === 2);
            await page.locator('#rows tr', { hasText: 'another time' }).getByRole('button', { name: 'Look' }).click();
            await page.getByRole('button', { name: 'Read again' }).click();
            await page.locator('.toast', { hasText: 'It is stored.' }).waitFor();
            await until('one row', async () => (await rowCount(page)) === 1);
            await page.locator('#rows').getByRole('button', { name: 'Look' }).click();
            await page.getByRole('button', { name: 'Read again' }).click();
            await page.locator('.toast', { hasText: 'Expecting value' }).waitFor();
            assert.equal(stack.sql('select count(*) from mytracks_quarantine')[0][0], 1);
        },
    },
    {
        name: 'e-mail rules, profiles, friends and shares are looked at and deleted; a friendship says what goes with it',
        async run({ stack, browser }) {
            await clear(stack);
            await seed(stack);
            const [[dora], [emil]] = [...stack.sql("select id from auth_user where username in ('dora', 'emil') order by username")];
            stack.sql('delete from my_tracks_friendrequest');
            stack.sql("insert into my_tracks_friendrequest (status, created_at, updated_at, from_user_id, to_user_id, auto_accept_reciprocal)"
                + " values ('accepted', '2026-01-01', '2026-01-01', ?, ?, 0)", [dora, emil]);
            stack.sql("insert into my_tracks_deviceshare (created_at, device_id, shared_with_id) select '2026-01-01', id, ? from my_tracks_device where device_id = ?", [emil, DEVICE]);
            stack.sql("insert into my_tracks_transitionaction (event, action_type, email_address, is_active, created_at, user_id)"
                + " values ('leave', 'email', '<b>x</b>@example.org', 1, '2026-01-01', ?)", [dora]);
            stack.sql("insert or replace into my_tracks_userprofile (home_latitude, home_longitude, home_label, created_at, updated_at, user_id)"
                + " values (50.1, 8.6, 'Dora’s flat', '2026-01-01', '2026-01-01', ?)", [dora]);
            const page = await openData(browser, stack);
            await tab(page, 'E-mail rules');
            await page.locator('#rows tr', { hasText: '<b>x</b>@example.org' }).waitFor();
            await tab(page, 'Profiles');
            await narrow(page, { owner: 'dora' });
            await page.locator('#rows tr', { hasText: 'Dora’s flat' }).waitFor();
            await tab(page, 'Shared devices');
            await page.locator('#rows tr', { hasText: `dora/${DEVICE}` }).waitFor();
            await tab(page, 'Friends');
            await narrow(page, { status: 'pending' });
            await page.locator('#rows .muted', { hasText: 'Nothing' }).waitFor();
            await narrow(page, { status: 'accepted' });
            await page.locator('#rows tr', { hasText: 'emil' }).locator('input').check();
            await page.locator('#deeds .danger').first().click();
            assert.match(await page.textContent('#ask-text'), /what the two share/);
            await page.click('#ask-ok');
            await page.locator('.toast', { hasText: '1' }).waitFor();
            await until('nobody is friends', async () => (await rowCount(page)) === 0);
            assert.equal(stack.sql('select count(*) from my_tracks_deviceshare where shared_with_id = ?', [emil])[0][0], 0);
            stack.sql('delete from my_tracks_transitionaction');
        },
    },
    {
        name: 'shares within limits and public links: what they show, whose they are, and an end to them',
        async run({ stack, browser }) {
            await clear(stack);
            const device = await seed(stack);
            const [[dora], [emil]] = stack.sql("select id from auth_user where username in ('dora', 'emil') order by username");
            stack.sql("insert into mytracks_share (device_id, viewer_id, precision, history, paused_at, created_at) values (?, ?, 'area', 'live', '2026-01-02', '2026-01-01')", [device, emil]);
            stack.sql("insert into mytracks_link (token, owner_id, device_id, label, precision, trail, created_at, expires_at)"
                + " values ('of-nobody', ?, ?, 'To <i>Dora</i>', 'exact', 1, '2026-01-01', '2100-01-01')", [dora, device]);
            const page = await openData(browser, stack);
            await tab(page, 'Shared within limits');
            await narrow(page, { owner: 'dora' });
            const share = page.locator('#rows tr', { hasText: `dora/${DEVICE}` });
            await share.filter({ hasText: 'area only · latest position alone' }).filter({ hasText: 'paused' }).filter({ hasText: 'emil' }).waitFor();
            await share.locator('input').check();
            await page.locator('#deeds .danger').click();
            await page.click('#ask-ok');
            await until('no share', async () => (await rowCount(page)) === 0);
            assert.deepEqual(stack.sql('select count(*) from mytracks_share where device_id = ?', [device]), [[0]]);
            await tab(page, 'Public links');
            await narrow(page, { q: 'to <i>' });
            const link = page.locator('#rows tr', { hasText: 'To <i>Dora</i>' });
            await link.filter({ hasText: 'with the way since then · until' }).filter({ hasText: 'active' }).filter({ hasText: 'never' }).waitFor();
            assert.equal((await page.textContent('main')).includes('of-nobody'), false);
            assert.equal(await page.locator('#filter-owner option[value="-"]').count(), 0);
            await link.locator('input').check();
            await page.locator('#deeds .danger').click();
            await page.click('#ask-ok');
            await until('no link', async () => (await rowCount(page)) === 0);
            assert.deepEqual(stack.sql("select count(*) from mytracks_link where token = 'of-nobody'"), [[0]]);
        },
    },
    ...sizes.map(({ size, ...options }) => ({
        name: `data, ${size}: contrast, names, nothing sideways, pictures`,
        async run({ stack, browser }) {
            await clear(stack);
            await seed(stack);
            quarantine(stack, '{"_type": "location", "lat": 91, "lon": 8.5, "tst": 1772800000}', 'lat: out of range');
            const page = await openData(browser, stack, options, '?table=locations');
            await lookAt(page, browser, `data-${size}`);
            await tab(page, 'Profiles');
            await page.waitForSelector('#rows table');
            await browser.picture(page, `data-profiles-${size}`);
            await tab(page, 'Quarantine');
            await page.locator('#rows').getByRole('button', { name: 'Look' }).click();
            await page.locator('.window .payload').waitFor();
            await lookAt(page, browser, `data-quarantine-${size}`);
            await clear(stack);
        },
    })),
];
