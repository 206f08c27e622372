// Rules of one's own: made, tried, tested, switched, changed and removed, as sentences on the page of places.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { signIn, until } from './browser.mjs';
import { lookAt, sizes } from './look.mjs';

export const users = { rita: false, sven: false };
export function prepare(stack) { // others' tests make rules, and share with everybody
    stack.sql('delete from mytracks_rule');
    stack.sql("delete from my_tracks_deviceshare where shared_with_id in (select id from auth_user where username = 'rita')");
}

const sentences = (page) => page.locator('#own-rules .own-rule:visible .rule-text > p:first-child').allInnerTexts();
const row = (page, text) => page.locator('.own-rule', { hasText: text });

/** rita has two devices and a place; sven shares his. */
async function seed(stack) {
    if (stack.sql("select count(*) from my_tracks_waypoint where rid = 'rita-home'")[0][0] === 0) {
        await stack.post('rita', 'fon', { lat: 48.2, lon: 16.4, batt: 80 });
        await stack.post('rita', 'pad', { lat: 48.2, lon: 16.4 });
        await stack.post('sven', 'moped', { lat: 48.2, lon: 16.4 });
        stack.sql(`insert into my_tracks_waypoint (label, latitude, longitude, radius, rid, is_active, created_at, updated_at, user_id)
            select 'Home <b>', 48.2, 16.4, 200, 'rita-home', 1, '2026-01-01', '2026-01-01', id from auth_user where username = 'rita'`);
        stack.sql(`insert into my_tracks_deviceshare (created_at, device_id, shared_with_id) select '2026-01-01', d.id, u.id
            from my_tracks_device d, auth_user u where d.device_id = 'moped' and u.username = 'rita'`);
    }
}

async function open(browser, stack, options = {}) {
    await seed(stack);
    const page = await browser.newPage(stack, options);
    await signIn(page, stack, 'rita', '/geofences/');
    await page.waitForSelector('#rule-new:visible');
    await page.waitForSelector('#place-map canvas');
    return page;
}

async function newRule(page, fields) {
    await page.click('#rule-new');
    for (const [name, value] of Object.entries(fields)) {
        const control = page.locator(`#rule-${name}`);
        await (await control.evaluate((node) => node.tagName) === 'SELECT' ? control.selectOption(value) : control.fill(value));
    }
}

const save = async (page) => {
    await page.click('dialog button[type=submit]');
    await page.waitForSelector('dialog', { state: 'detached' });
};

/** Gets webhooks. */
async function sink(run) {
    const seen = [];
    const server = createServer((request, answer) => {
        let text = '';
        request.on('data', (part) => (text += part)).on('end', () => {
            seen.push({ path: request.url, body: JSON.parse(text) });
            answer.writeHead(request.url === '/bad' ? 404 : 200).end();
        });
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
        await run(`http://127.0.0.1:${server.address().port}`, seen);
    } finally {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
    }
}

export const tests = [
    {
        name: 'a rule is made with the fields that it needs, and is a sentence',
        async run({ stack, browser }) {
            const page = await open(browser, stack);
            const shown = () => page.locator('dialog .field:visible > label').allInnerTexts();
            await page.click('#rule-new');
            assert.deepEqual(await shown(), ['Device', 'What happens', 'Place', 'How it tells', 'Address']);
            assert.deepEqual((await page.locator('#rule-device option').allTextContents()).sort(), ['fon', 'moped (sven)', 'one of my devices', 'pad']);
            await page.getByText('Wherever the phone itself tells').waitFor();
            await page.selectOption('#rule-event', 'battery');
            await page.selectOption('#rule-channel', 'ntfy');
            assert.deepEqual(await shown(), ['Device', 'What happens', 'Below how many percent', 'How it tells', 'Priority, 1 to 5', 'URL of the topic']);
            assert.equal(await page.inputValue('#rule-amount'), '15');
            await page.selectOption('#rule-channel', 'mqtt');
            await page.getByText('mytracks/rita/alert').waitFor();
            await page.selectOption('#rule-event', 'leave');
            await page.selectOption('#rule-place', { label: 'Home <b>' });
            await page.getByText('Wherever the phone itself tells').waitFor({ state: 'hidden' });
            await page.selectOption('#rule-device', { label: 'fon' });
            await page.selectOption('#rule-channel', 'mail');
            await page.fill('#rule-target', 'rita@example.net');
            await page.click('dialog summary:has-text("Only at certain times")');
            for (const day of ['Sat', 'Sun']) {
                await page.locator('.days label', { hasText: day }).click();
            }
            await page.fill('#rule-from', '08:00');
            await page.fill('#rule-until', '16:00');
            assert.equal(await page.inputValue('#rule-zone'), 'Europe/Vienna');
            await save(page);
            await page.waitForSelector('.toast:has-text("The rule is saved.")');
            await page.locator('#own-rules .own-rule').first().waitFor();
            assert.deepEqual(await sentences(page), ['When fon leaves Home <b>, Mon – Fri, 08:00 – 16:00: mail to rita@example.net']);
            assert.deepEqual(stack.sql('select event, days, from_minute, until_minute, zone, channel, target from mytracks_rule'),
                [['leave', 31, 480, 960, 'Europe/Vienna', 'mail', 'rita@example.net']]);
        },
    },
    {
        name: 'what the server refuses is said at the field, and nothing is lost',
        async run({ stack, browser }) {
            const page = await open(browser, stack, { allow: [/400/] });
            await newRule(page, { event: 'silence', channel: 'ntfy', target: 'https://ntfy.example/' });
            await page.click('dialog button[type=submit]');
            await page.waitForSelector('#rule-target-error:has-text("This cannot be used as an address.")');
            assert.equal(await page.getAttribute('#rule-target', 'aria-invalid'), 'true');
            assert.equal(await page.evaluate(() => document.activeElement.id), 'rule-target');
            assert.equal(await page.inputValue('#rule-amount'), '180');
            await page.fill('#rule-target', 'https://ntfy.example/topic');
            await save(page);
            await row(page, 'has not reported for 3 h: ntfy to ntfy.example').waitFor();
            const before = (await sentences(page)).length;
            await page.click('#rule-new');
            await page.keyboard.press('Escape');
            await page.waitForSelector('dialog', { state: 'detached' });
            assert.equal((await sentences(page)).length, before);
        },
    },
    {
        name: 'a webhook is tested, fires with a message, and the log tells what came of it',
        async run({ stack, browser }) {
            await sink(async (url, seen) => {
                const page = await open(browser, stack);
                await newRule(page, { device: 'rita/fon', event: 'battery', amount: '20', channel: 'webhook', target: `${url}/hook?k=secret` });
                await save(page);
                const mine = row(page, 'battery of fon is below 20%');
                assert.doesNotMatch(await mine.innerText(), /secret/);
                await mine.getByRole('button', { name: 'Send a test' }).click();
                await page.waitForSelector('.toast:has-text("The test has arrived.")');
                assert.deepEqual(seen.map(({ path, body }) => [path, body.test, body.device]), [['/hook?k=secret', true, 'rita/fon']]);
                await stack.post('rita', 'fon', { lat: 48.2, lon: 16.4, batt: 7 });
                await until('it fires', () => seen.length === 2);
                assert.equal(seen[1].body.battery, 7);
                await until('it is noted', () => stack.sql('select count(*) from mytracks_rule_log where state = 1')[0][0] === 2);
                await mine.getByRole('button', { name: 'Log' }).click();
                await page.locator('dialog tbody tr').nth(1).waitFor();
                assert.deepEqual((await page.locator('dialog tbody tr').allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').replace(/^.*?fon:/, 'fon:')),
                    ['fon: battery at 7% Sent', 'fon: battery at 80% Test Sent']);
                await page.click('dialog button:has-text("Close")');
                await page.reload();
                await row(page, 'last told').waitFor();
                await mine.getByRole('button', { name: 'Change' }).click();
                await page.fill('#rule-target', `${url}/bad`);
                await save(page);
                await mine.getByRole('button', { name: 'Send a test' }).click();
                await page.waitForSelector('.toast:has-text("The test has failed: the server answered 404")');
            });
        },
    },
    {
        name: 'the last seven days are tried',
        async run({ stack, browser }) {
            const page = await open(browser, stack);
            const yesterday = Math.floor(Date.now() / 1000) - 86_400;
            for (const [after, lat] of [[0, 48.3], [600, 48.2], [1200, 48.3]]) {
                await stack.post('sven', 'moped', { lat, lon: 16.4, tst: yesterday + after });
            }
            stack.sql(`update my_tracks_location set received_at = timestamp where device_id = (select id from my_tracks_device where device_id = 'moped')`);
            await newRule(page, { device: 'sven/moped', event: 'enter', place: { label: 'Home <b>' }, channel: 'mqtt' });
            await save(page);
            const moped = row(page, 'When moped arrives at Home <b>: message over MQTT');
            await moped.getByRole('button', { name: 'Try' }).click();
            await page.locator('dialog tbody tr').first().waitFor();
            const lines = await page.locator('dialog tbody tr').allInnerTexts();
            assert.match(lines.at(-1), /moped arrived at Home <b> \(from a position\)/);
            await page.click('dialog button:has-text("Close")');
        },
    },
    {
        name: 'a rule is switched, changed, named, and removed with a way back',
        async run({ stack, browser }) {
            const page = await open(browser, stack);
            const mine = row(page, 'leaves Home <b>');
            await mine.getByRole('switch').uncheck();
            await until('off', () => stack.sql("select active from mytracks_rule where event = 'leave'")[0][0] === 0);
            await mine.getByText('Off', { exact: true }).waitFor();
            await mine.getByRole('switch').focus();
            await page.keyboard.press('Space');
            await until('on', () => stack.sql("select active from mytracks_rule where event = 'leave'")[0][0] === 1);
            await mine.getByText('On', { exact: true }).waitFor();
            await mine.getByRole('button', { name: 'Change' }).click();
            assert.equal(await page.inputValue('#rule-until'), '16:00');
            assert.deepEqual(await page.locator('.days input:checked').evaluateAll((boxes) => boxes.map((box) => box.value)), ['1', '2', '3', '4', '5']);
            await page.click('dialog summary:has-text("Name and pauses")');
            await page.fill('#rule-name', '<i>School</i>');
            await page.fill('#rule-cooldown', '30');
            await page.fill('#rule-paused_until', '2099-01-01T12:00');
            await page.selectOption('#rule-event', 'dwell');
            await save(page);
            await row(page, 'has been at Home <b> for 30 min').getByText('paused until').waitFor();
            assert.match((await sentences(page))[0], /^<i>School<\/i>\s/);
            assert.deepEqual(stack.sql("select name, amount, cooldown, paused_until from mytracks_rule where event = 'dwell'"), [['<i>School</i>', 30, 30, '2099-01-01 11:00:00']]);
            const school = row(page, 'School');
            await school.getByRole('button', { name: 'Delete' }).click();
            await school.waitFor({ state: 'hidden' });
            await page.click('.toast button:has-text("Undo")');
            await school.waitFor();
            await page.context().unrouteAll(); // a request that waits for a test is lost when its page goes
            await school.getByRole('button', { name: 'Delete' }).click();
            await page.goto(`${stack.base}/about/`); // leaving does it
            await until('removed', () => stack.sql("select count(*) from mytracks_rule where event = 'dwell'")[0][0] === 0);
        },
    },
    {
        name: 'what is not shared any more is named so, and is kept when something else is changed',
        async run({ stack, browser }) {
            await seed(stack);
            stack.sql("delete from my_tracks_deviceshare where device_id = (select id from my_tracks_device where device_id = 'moped')");
            const page = await open(browser, stack);
            const gone = row(page, 'not shared with you any more');
            await gone.getByRole('button', { name: 'Change' }).click();
            await page.click('dialog summary:has-text("Name and pauses")');
            await page.fill('#rule-name', 'Moped');
            await save(page);
            await row(page, 'Moped').getByText('not shared with you any more').waitFor();
            assert.equal(stack.sql("select device_id is null from mytracks_rule where name = 'Moped'")[0][0], 0);
        },
    },
    {
        name: 'in German, all of it',
        async run({ stack, browser }) {
            const page = await open(browser, stack, { locale: 'de-AT' });
            await row(page, 'Wenn eines meiner Geräte sich seit 3 h nicht gemeldet hat: ntfy an ntfy.example').waitFor();
            await page.click('#rule-new');
            assert.deepEqual(await page.locator('dialog .field:visible > label').allInnerTexts(), ['Gerät', 'Was geschieht', 'Ort', 'Wie es gemeldet wird', 'Adresse']);
            assert.deepEqual(await page.locator('#rule-event option').allTextContents(),
                ['kommt an einem Ort an', 'verlässt einen Ort', 'bleibt an einem Ort', 'ist von einem Ort weg', 'hat kaum noch Akku', 'meldet sich nicht']);
        },
    },
    ...sizes.map(({ size, ...look }) => ({
        name: `rules and their windows, ${size}: contrast, names, nothing sideways, picture`,
        async run({ stack, browser }) {
            const page = await open(browser, stack, look);
            await row(page, 'has not reported').scrollIntoViewIfNeeded();
            await lookAt(page, browser, `rules-${size}`);
            await newRule(page, { event: 'dwell', channel: 'ntfy' });
            await page.locator('dialog details').evaluateAll((all) => all.forEach((one) => (one.open = true)));
            await lookAt(page, browser, `rules-form-${size}`);
            await page.click('dialog button:has-text("Close")');
            await row(page, 'battery').getByRole('button', { name: 'Log' }).click();
            await page.locator('dialog tbody tr').first().waitFor();
            await lookAt(page, browser, `rules-log-${size}`);
        },
    })),
];
