// Friends, the card, encryption keys: the parts of the profile that speak to the API; and asking a phone from the map.
import assert from 'node:assert/strict';
import { openMap, signIn, until } from './browser.mjs';
import { lookAt, sizes } from './look.mjs';

export const users = { anna: true, ben: false, dora: false, emil: false };
const PIXEL = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

const button = (page, name) => page.getByRole('button', { name, exact: true });
const toasts = (page, text) => page.locator('.toast-text', { hasText: text }).waitFor();

async function profile(browser, stack, user, options = {}) {
    const page = await browser.newPage(stack, options);
    await signIn(page, stack, user, '/profile/');
    return page;
}

/** The two are friends, and nobody else is. */
function befriend(stack, one = 'dora', other = 'emil') {
    stack.sql('delete from my_tracks_friendrequest');
    stack.sql("insert into my_tracks_friendrequest (status, auto_accept_reciprocal, created_at, updated_at, from_user_id, to_user_id)"
        + " select 'accepted', 0, '2026-01-01', '2026-01-01', a.id, b.id from auth_user a, auth_user b where a.username = ? and b.username = ?", [one, other]);
}

export const tests = [
    {
        name: 'one asks, the other accepts; a device is shared, seen, and taken back',
        async run({ stack, browser }) {
            await stack.post('dora', 'phone', { lat: 48.2, lon: 16.4 });
            const dora = await profile(browser, stack, 'dora', { allow: [/404/] }); // nobody of that name
            await dora.fill('#friend-name', 'emi');
            await dora.waitForSelector('#friend-names option[value=emil]', { state: 'attached' });
            await dora.fill('#friend-name', 'nobody-at-all');
            await button(dora, 'Ask to be friends').click();
            await toasts(dora, 'User not found');
            await dora.fill('#friend-name', 'emil');
            await button(dora, 'Ask to be friends').click();
            await toasts(dora, 'emil has been asked.');
            await dora.waitForSelector('.people:has-text("You have asked") >> text=emil');

            const emil = await browser.newPage(stack);
            await openMap(emil, stack, 'emil');
            await toasts(emil, 'dora asks to be your friend.');
            await button(emil, 'Look').click();
            await button(emil, 'Accept').click();
            await toasts(emil, 'You and dora are friends.');

            await dora.reload();
            await dora.locator('.friend summary', { hasText: 'emil' }).click();
            const box = dora.locator('.friend .choice input');
            await box.check();
            await toasts(dora, /emil sees .*phone now/);
            await emil.reload();
            await emil.waitForSelector('.people:has-text("Shared with you") >> text=dora');
            await box.uncheck();
            await toasts(dora, /no longer sees/);
            await until('nothing is shared', () => stack.sql('select count(*) from my_tracks_deviceshare s join my_tracks_device d on d.id = s.device_id'
                + " join auth_user u on u.id = d.owner_id where u.username = 'dora'")[0][0] === 0);

            await button(dora, 'End the friendship').click();
            await dora.click('#ask-ok');
            await dora.waitForSelector('text=No friends yet.');
        },
    },
    {
        name: 'limits are set, shown to both, changed, paused and ended, by clicking',
        async run({ stack, browser }) {
            await stack.post('dora', 'phone', { lat: 48.201234, lon: 16.402345 });
            befriend(stack);
            const dora = await profile(browser, stack, 'dora');
            await dora.locator('.friend summary', { hasText: 'emil' }).click();
            await button(dora.locator('.share-choice'), 'Limits…: emil, phone').click();
            await dora.locator('dialog .segments label', { hasText: 'Area only' }).click();
            await dora.getByText('apps that are connected by MQTT show nothing').waitFor();
            await dora.locator('dialog .segments label', { hasText: 'From a day on' }).click();
            await dora.fill('#share-since', '2026-03-01');
            await dora.selectOption('#share-life', '86400');
            await button(dora.locator('dialog'), 'Save').click();
            await toasts(dora, 'Saved: phone for emil.');
            const given = dora.locator('.people:has-text("You share") li');
            await given.getByText(/area only · since .*1 Mar 2026 · until/).waitFor();
            await given.getByText('active').waitFor();
            await dora.locator('#devices').getByText('seen by 1').waitFor();
            assert.deepEqual(stack.sql("select (select count(*) from my_tracks_deviceshare s join auth_user u on u.id = s.shared_with_id where u.username = 'emil'), (select count(*) from mytracks_share)"), [[0, 1]]);

            const emil = await profile(browser, stack, 'emil');
            const got = emil.locator('.people:has-text("Shared with you") li');
            await got.getByText(/area only · since/).waitFor();
            await got.getByRole('link', { name: 'Open on the map' }).click();
            await emil.waitForSelector('.device.selected .device-facts:has-text("1.2")');
            assert.ok(!/48\.20123/.test(await emil.textContent('body')));

            await openMap(dora, stack, 'dora');
            await dora.locator('.device-row', { hasText: 'seen by 1' }).waitFor();
            await dora.goto(`${stack.base}/profile/#friends`);
            await button(given, 'Limits…: emil, phone').click();
            await dora.getByText('Paused: nothing is shown for now').click();
            await dora.getByText('emil sees nothing until you end the pause.').waitFor();
            await button(dora.locator('dialog'), 'Save').click();
            await given.getByText('paused', { exact: true }).waitFor();
            await emil.goto(`${stack.base}/profile/#friends`);
            await emil.waitForSelector('.friend');
            assert.equal(await got.count(), 0);

            await button(given, 'Stop').click();
            await toasts(dora, /no longer sees/);
            await until('nothing is shared', () => stack.sql('select count(*) from mytracks_share')[0][0] === 0);
        },
    },
    {
        name: 'an administrator reads what is shared with them, too',
        async run({ stack, browser }) {
            await stack.post('dora', 'phone', { lat: 48.2, lon: 16.4 });
            befriend(stack, 'dora', 'anna');
            stack.sql("insert into my_tracks_deviceshare (created_at, device_id, shared_with_id) select '2026-01-01', d.id, u.id from my_tracks_device d, auth_user u, auth_user o"
                + " where o.id = d.owner_id and o.username = 'dora' and u.username = 'anna'");
            const anna = await profile(browser, stack, 'anna');
            await anna.locator('.people:has-text("Shared with you") li').getByText('without limits').waitFor();
            stack.sql('delete from my_tracks_deviceshare');
        },
    },
    {
        name: 'a request shows on every page as it comes, and may be accepted one way',
        async run({ stack, browser }) {
            stack.sql('delete from my_tracks_friendrequest');
            const page = await profile(browser, stack, 'emil');
            await page.goto(`${stack.base}/about/`);
            const badge = page.locator('.topbar .asking');
            assert.equal(await badge.isVisible(), false);
            await page.clock.install();
            stack.sql("insert into my_tracks_friendrequest (status, auto_accept_reciprocal, created_at, updated_at, from_user_id, to_user_id)"
                + " select 'pending', 0, '2026-01-01', '2026-01-01', a.id, b.id from auth_user a, auth_user b where a.username = 'dora' and b.username = 'emil'");
            await page.reload();
            await badge.waitFor();
            assert.equal(await badge.textContent(), '1');
            assert.equal(await badge.getAttribute('aria-label'), '1 request to be friends');
            stack.sql("update my_tracks_friendrequest set status = 'declined'");
            await page.clock.runFor(61_000);
            await badge.waitFor({ state: 'hidden' });
            stack.sql("update my_tracks_friendrequest set status = 'pending'");
            await page.clock.runFor(61_000);
            await badge.click();
            await page.getByText('Be their friend too').click();
            await button(page, 'Accept').click();
            await toasts(page, 'You and dora are friends.');
            assert.deepEqual(stack.sql('select status from my_tracks_friendrequest'), [['accepted']], 'no row the other way');
            await badge.waitFor({ state: 'hidden' });
        },
    },
    {
        name: 'a request is declined, and one is taken back',
        async run({ stack, browser }) {
            const ben = await profile(browser, stack, 'ben');
            await ben.fill('#friend-name', 'emil');
            await button(ben, 'Ask to be friends').click();
            await button(ben, 'Cancel').click();
            await until('it is gone', () => stack.sql("select count(*) from my_tracks_friendrequest where status = 'pending'")[0][0] === 0);
            await ben.fill('#friend-name', 'emil');
            await button(ben, 'Ask to be friends').click();
            await ben.waitForSelector('.people:has-text("You have asked")');
            const emil = await profile(browser, stack, 'emil');
            await button(emil, 'Decline').click();
            await until('it is declined', () => stack.sql("select count(*) from my_tracks_friendrequest where status = 'declined'")[0][0] === 1);
        },
    },
    {
        name: 'a card with a picture is kept, and the picture can go',
        async run({ stack, browser }) {
            const page = await profile(browser, stack, 'dora');
            const save = page.locator('#card-form button[type=submit]');
            await page.fill('#card-name', 'Dora <b>');
            await page.setInputFiles('#card-file', { name: 'me.png', mimeType: 'image/png', buffer: PIXEL });
            await page.waitForSelector('#card-face:not([hidden])');
            await save.click();
            await toasts(page, 'Your card is saved.');
            await page.reload();
            await page.waitForSelector('#card-face:not([hidden])');
            assert.equal(await page.inputValue('#card-name'), 'Dora <b>');
            await page.setInputFiles('#card-file', { name: 'me.png', mimeType: 'image/png', buffer: Buffer.from('no picture') });
            await toasts(page, 'This file is no picture');
            await page.click('#card-no-face');
            await save.click();
            await until('no picture', () => stack.sql('select face from mytracks_card')[0][0] === '');
        },
    },
    {
        name: 'an encryption key is made, saved, and removed, and never shown again',
        async run({ stack, browser }) {
            await stack.post('dora', 'phone', { lat: 48.2, lon: 16.4 });
            const page = await profile(browser, stack, 'dora');
            await page.click('[data-key-of] summary');
            await page.waitForSelector('text=No key is set.');
            await button(page, 'Make one').click();
            const key = await page.inputValue('[id="key-phone"]');
            assert.match(key, /^[A-Za-z0-9]{32}$/);
            await page.locator('[data-key-of] button[type=submit]').click();
            await page.waitForSelector('text=A key is set.');
            await page.reload();
            await page.click('[data-key-of] summary');
            await page.waitForSelector('text=A key is set.');
            assert.ok(!(await page.content()).includes(key));
            await button(page, 'Remove').click();
            await page.waitForSelector('text=No key is set.');
        },
    },
    {
        name: 'a phone is asked for its position from the map',
        async run({ stack, browser }) {
            await stack.post('dora', 'phone', { lat: 48.2, lon: 16.4 });
            const page = await browser.newPage(stack);
            await openMap(page, stack, 'dora', '#device=dora/phone');
            await button(page, 'Ask for position').click();
            await toasts(page, /is asked/);
            assert.deepEqual(stack.sql("select action, state from mytracks_command where topic = 'owntracks/dora/phone/cmd'"), [['reportLocation', 0]]);
        },
    },
    ...sizes.map(({ size, ...options }) => ({
        name: `friends, ${size}: contrast, names, nothing sideways, picture`,
        async run({ stack, browser }) {
            stack.sql("delete from my_tracks_friendrequest");
            stack.sql("insert into my_tracks_friendrequest (status, auto_accept_reciprocal, created_at, updated_at, from_user_id, to_user_id)"
                + " select 'accepted', 0, '2026-01-01', '2026-01-01', a.id, b.id from auth_user a, auth_user b where a.username = 'dora' and b.username = 'emil'");
            stack.sql("insert into my_tracks_friendrequest (status, auto_accept_reciprocal, created_at, updated_at, from_user_id, to_user_id)"
                + " select 'pending', 0, '2026-01-01', '2026-01-01', a.id, b.id from auth_user a, auth_user b where a.username = 'ben' and b.username = 'dora'");
            await stack.post('dora', 'phone', { lat: 48.2, lon: 16.4 });
            stack.sql("insert or replace into mytracks_share select d.id, b.id, 'area', 'live', null, '2099-01-01', null, '2026-01-01' from my_tracks_device d, auth_user a, auth_user b"
                + " where a.username = 'dora' and b.username = 'emil' and d.owner_id = a.id");
            const page = await profile(browser, stack, 'dora', options);
            await page.click('.friend summary');
            await page.waitForSelector('.friend .choice');
            await page.locator('.share .button', { hasText: 'Limits' }).first().click();
            await page.waitForSelector('#share-form');
            await lookAt(page, browser, `share-${size}`);
            await page.keyboard.press('Escape');
            await page.waitForSelector('dialog[open]', { state: 'detached' });
            await page.click('[data-key-of] summary');
            await page.waitForSelector('.key form');
            await page.locator('#friends').scrollIntoViewIfNeeded();
            await page.evaluate(() => document.getElementById('devices').scrollIntoView());
            await lookAt(page, browser, `friends-${size}`);
        },
    })),
];
