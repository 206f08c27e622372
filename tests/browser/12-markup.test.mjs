// Every text that a phone, a user or an administrator can set is markup that would run; every page is opened and used, in
// both roles. Nothing runs, and the Content-Security-Policy has nothing to report: it is the second wall, not the first.
import assert from 'node:assert/strict';
import { signIn } from './browser.mjs';
import { PASSWORD, withFreshStack } from './stack.mjs';

const MARKUP = '"\'><img src=x onerror=window.ran=1><svg onload=window.ran=2><script>window.ran=3</script>{{7*7}}${window.ran=4}';
const DEVICE = '"\'><img src=x onerror=window.ran=6><svg onload=window.ran=7>'; // no "/": the addresses of a device in the API end there
const SHOWN = '<img src=x'; // what is left of all of them where little room is
// Columns that hold no free text: keys, words of a fixed set, addresses, what is sealed; JSON and what phones gave (given below).
const FIXED = new Set(['password', 'event', 'action_type', 'status', 'received_via', 'connection_type', 'payload', 'in_regions', 'san_entries',
    'recent_webhook_log', 'last_relayed_location_by_user', 'last_location_request_at_by_user', 'last_location_request_at_by_device', 'encrypted_password',
    'encrypted_private_key', 'encrypted_api_key', 'ip_address', 'device_id', 'mqtt_user', 'rid']);
const NOW = '2026-11-01 10:00:00';

export const users = { mark: true, mona: false };

/** A row of everything that is shown anywhere. */
function seed(stack) {
    const [[admin], [user], [evil]] = ['mark', 'mona', 'evil'].map((name) => stack.sql('select id from auth_user where username = ?', [name])[0]);
    const rows = [
        ['my_tracks_waypoint', { label: '', latitude: 48.2, longitude: 16.4, radius: 100, rid: 'r1', is_active: 1, created_at: NOW, updated_at: NOW, user_id: user }],
        ['my_tracks_waypoint', { label: '', latitude: 48.3, longitude: 16.5, radius: 100, rid: 'r2', is_active: 1, created_at: NOW, updated_at: NOW, user_id: admin }],
        ['my_tracks_certificateauthority', { certificate_pem: '', encrypted_private_key: '', common_name: '', fingerprint: '', not_valid_before: NOW,
            not_valid_after: '2036-01-01', key_size: 2048, is_active: 1, created_at: NOW }],
        ['my_tracks_servercertificate', { certificate_pem: '', encrypted_private_key: '', common_name: '', fingerprint: '', san_entries: JSON.stringify([MARKUP]),
            key_size: 2048, not_valid_before: NOW, not_valid_after: '2036-01-01', is_active: 1, created_at: NOW, issuing_ca_id: 1 }],
        ...[admin, user].map((id) => ['my_tracks_clientcertificate', { certificate_pem: '', encrypted_private_key: '', common_name: '', fingerprint: '',
            serial_number: `0x${id}`, key_size: 2048, not_valid_before: NOW, not_valid_after: '2036-01-01', is_active: 1, revoked: 0, created_at: NOW, issuing_ca_id: 1, user_id: id }]),
        ['my_tracks_smtpconfig', { id: 1, host: '', port: 25, username: '', encrypted_password: '', use_tls: 0, use_ssl: 0, from_address: '', updated_at: NOW }],
        ...[admin, user].map((id) => ['my_tracks_transitionaction', { event: 'any', action_type: 'email', email_address: '', is_active: 1, created_at: NOW, user_id: id, waypoint_id: null }]),
        ['my_tracks_friendrequest', { status: 'pending', auto_accept_reciprocal: 0, created_at: NOW, updated_at: NOW, from_user_id: user, to_user_id: admin }],
        ...[admin, user].map((id) => ['my_tracks_friendrequest', { status: 'accepted', auto_accept_reciprocal: 0, created_at: NOW, updated_at: NOW, from_user_id: evil, to_user_id: id }]),
        ...[admin, user].map((id) => ['mytracks_link', { token: `t${id}`, owner_id: id, device_id: stack.sql('select id from my_tracks_device where owner_id = ?', [id])[0][0],
            label: MARKUP.slice(0, 80), precision: 'exact', trail: 0, created_at: NOW, expires_at: '2099-01-01' }]),
        ...[[admin, user], [user, admin]].map(([id, viewer]) => ['mytracks_share', { device_id: stack.sql('select id from my_tracks_device where owner_id = ?', [id])[0][0],
            viewer_id: viewer, precision: 'area', history: 'live', created_at: NOW }]),
        ...[user, evil].map((id) => ['mytracks_card', { user_id: id, name: MARKUP, face: '', updated_at: NOW }]),
        ...['mark', 'mona', MARKUP].map((username) => ['mytracks_signin', { username, ok: 0, times: 1, address: MARKUP, agent: MARKUP, at: NOW }]),
        ...[admin, user].map((id) => ['mytracks_push', { user_id: id, endpoint: `${MARKUP}${id}`, p256dh: '', auth: '', language: MARKUP, agent: MARKUP, created_at: NOW }]),
        ['mytracks_outbox', { way: 1, kind: 2, user_id: user, ref_id: 0, recipient: MARKUP, created_at: NOW, due_at: '2099-01-01', attempts: 3, state: 0, error: MARKUP }],
        ...[admin, user].flatMap((id) => [
            ['mytracks_rule', { id, user_id: id, name: MARKUP.slice(0, 100), event: 'enter', place_id: null, amount: 0, days: 127, from_minute: 0, until_minute: 0, zone: MARKUP,
                channel: 'mail', target: MARKUP, priority: 3, cooldown: 0, active: 0, created_at: NOW }],
            ['mytracks_rule_log', { rule_id: id, event: 'enter', amount: 0, device: MARKUP, device_name: MARKUP, place: MARKUP, happened_at: NOW, created_at: NOW,
                test: 0, state: 2, attempts: 1, error: MARKUP }],
        ]),
        ['mytracks_quarantine', { received_at: NOW, via: 'mqtt', username: MARKUP, address: MARKUP, topic: MARKUP, raw: MARKUP, reason: MARKUP }],
    ];
    for (const [table, row] of rows) {
        const names = Object.keys(row);
        stack.sql(`insert or replace into ${table} (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`, Object.values(row));
    }
    stack.sql("insert into my_tracks_transition (event, region_id, description, timestamp, received_at, device_id) select 'enter', '', '', ?, ?, id from my_tracks_device", [NOW, NOW]);
    stack.sql('insert into my_tracks_owntracksmessage (message_type, payload, received_at, device_id) select ?, ?, ?, id from my_tracks_device',
        ['', JSON.stringify({ _type: 'status', [MARKUP]: [MARKUP] }), NOW]);
}

function markUp(stack) {
    const tables = stack.sql("select name from sqlite_master where type = 'table' and (name like 'my_tracks_%' or name = 'auth_user')").flat();
    for (const table of tables) {
        const texts = stack.sql(`pragma table_info(${table})`).filter(([, column, type]) =>
            /char|text/i.test(type) && !FIXED.has(column) && !(table === 'auth_user' && column === 'username'));
        const values = texts.map(([, , type]) => MARKUP.slice(0, Number(/\((\d+)\)/.exec(type)?.[1] ?? 1000)));
        if (texts.length > 0) {
            stack.sql(`update ${table} set ${texts.map(([, column]) => `"${column}" = ?`).join(', ')}`, values);
        }
    }
    stack.sql('update my_tracks_location set in_regions = ?', [JSON.stringify([MARKUP])]);
    stack.sql("update auth_user set username = ? || id where username = 'evil'", [MARKUP.slice(0, 140)]);
}

const PROFILE = ['#devices .swatches', '#devices .key form', '#friends .friend', '#friends .friend .choice', '#links-list li', '#signin-list table'];
// What is on a page when its script has filled it, in the order in which it opens.
const PAGES = {
    '/': ['#live-state[data-state=live]', '.device-row'], '/profile/': PROFILE, '/profile/#friends': PROFILE, '/geofences/': ['#phone-sync button', '.own-rule'],
    '/about/': [], '/api/docs/': ['.api-operation'], '/nothing/<img src=x onerror=window.ran=9>': [],
    [`/login/?next=${encodeURIComponent('/"><script>window.ran=5</script>')}`]: [],
};
const TABLES = ['devices', 'locations', 'messages', 'transitions', 'geofences', 'quarantine'];
const ADMIN_PAGES = {
    '/admin-panel/': [], '/admin-panel/start/': [], '/setup/': [], '/admin-panel/status/': ['#outbox table', '#signins table'],
    ...Object.fromEntries(TABLES.map((name) => [`/admin-panel/data/?table=${name}`, ['#rows table']])),
};
const PLAIN = /about|docs|start|setup|nothing|login/; // nobody's texts are there

async function watched(stack, browser) {
    const page = await browser.newPage(stack, { allow: [/404|400|403|500|502|503/] });
    await page.addInitScript(() => {
        window.reports = [];
        addEventListener('securitypolicyviolation', (event) => window.reports.push(`${event.violatedDirective} ${event.blockedURI}`));
    });
    page.on('dialog', (dialog) => assert.fail(dialog.message()));
    return page;
}

async function nothingRan(page, where) {
    assert.equal(await page.locator('img[src=x], svg[onload]').count(), 0, `${where}: markup became elements`);
    assert.equal(await page.evaluate(() => window.ran), undefined, where);
    assert.deepEqual(await page.evaluate(() => window.reports), [], where);
}

/** Part of the page, once the text is shown in it, as text. */
async function shows(page, part, where) {
    await part.getByText(SHOWN).or(part.filter({ hasText: SHOWN })).first().waitFor();
    await nothingRan(page, where);
}

async function visit(page, stack, path, filled) {
    await page.goto(stack.base + path);
    for (const part of ['body', ...filled]) {
        await page.locator(part).first().waitFor();
        await page.evaluate(() => document.querySelectorAll('details').forEach((one) => (one.open = true))); // some come late
    }
    assert.ok(PLAIN.test(path) || (await page.locator('body').innerText()).includes(SHOWN), `${path}: the texts are shown, as text`);
    await nothingRan(page, path);
}

/** The history's list of positions, which alone has the name of the network and the reason of a report, and what comes live. */
async function lookAtHistory(page, stack) {
    const [socket] = await Promise.all([page.waitForEvent('websocket'), page.goto(`${stack.base}/`)]);
    await page.waitForSelector('#live-state[data-state=live]');
    await shows(page, page.locator('.device-name').first(), 'the list of devices');
    await page.locator('.device-row').first().click();
    await page.getByRole('button', { name: 'History', exact: true }).click();
    await page.locator('.raw-all summary').click();
    await shows(page, page.locator('.raw-all .raw-more').first(), 'the positions one by one');
    await Promise.all([
        socket.waitForEvent('framereceived', ({ payload }) => String(payload).includes('"location"')),
        stack.post('mona', DEVICE, { lat: 48.21, lon: 16.41, tid: '<i', SSID: MARKUP, BSSID: MARKUP.slice(0, 30), t: '<b>' }),
    ]);
    await nothingRan(page, 'the live event');
}

/** What a visitor reads who has a link, and what its maker reads. */
async function lookAtLink(page, stack) {
    await page.goto(`${stack.base}/profile/#links`);
    await shows(page, page.locator('#links-list li').first(), 'the list of links');
    await page.getByRole('button', { name: 'New public link' }).click();
    await page.fill('#link-label', MARKUP.slice(0, 80));
    await shows(page, page.locator('#link-device'), 'the devices of a new link');
    await page.getByRole('button', { name: 'Make the link' }).click();
    const url = await page.inputValue('#link-url');
    await page.goto(url);
    await shows(page, page.locator('#public-name'), 'the page of a link');
    assert.ok((await page.title()).includes(SHOWN));
}

/** What a row of a table shows when it is opened. */
async function lookAtRows(page, stack) {
    for (const [table, button, text] of [['messages', 'Look', '.payload'], ['quarantine', 'Look', '.payload'], ['devices', 'Owner…', 'h2']]) {
        await page.goto(`${stack.base}/admin-panel/data/?table=${table}`);
        await page.locator('#rows').getByRole('button', { name: button }).first().click();
        await shows(page, page.locator(`.window ${text}`), `a row of ${table}`);
    }
}

async function lookAtSetup(stack, browser) {
    await withFreshStack(stack, browser, async (fresh, link) => {
        const page = await watched(fresh, browser);
        await page.goto(`${fresh.base}/setup/?token=${encodeURIComponent(MARKUP)}`);
        await nothingRan(page, 'a link that is not good');
        await page.goto(link);
        for (const [name, value] of Object.entries({ username: MARKUP, password: PASSWORD, again: 'something else' })) {
            await page.fill(`#${name}`, value);
        }
        await page.click('#setup-form button[type=submit]');
        await page.waitForSelector('.message.bad');
        assert.equal(await page.inputValue('#username'), MARKUP);
        await nothingRan(page, 'what the setup gives back');
    });
}

let seeded = false;
export const tests = [...['mark', 'mona'].map((user) => ({
    name: `nothing that anybody can write runs, seen by ${user === 'mark' ? 'an administrator' : 'a user'}`,
    async run({ stack, browser }) {
        if (!seeded) {
            seeded = true;
            stack.addUser('evil');
            for (const name of ['mark', 'mona']) {
                await stack.post(name, DEVICE, { lat: 48.2, lon: 16.4, SSID: MARKUP, tid: '<i' });
            }
            seed(stack);
            markUp(stack);
        }
        const page = await watched(stack, browser);
        await signIn(page, stack, user);
        for (const [path, filled] of Object.entries(user === 'mark' ? { ...PAGES, ...ADMIN_PAGES } : PAGES)) {
            await visit(page, stack, path, filled);
        }
        await lookAtHistory(page, stack);
        await lookAtLink(page, stack);
        if (user === 'mark') {
            await lookAtRows(page, stack);
        }
    },
})), {
    name: 'nothing that is typed into the setup runs',
    run: ({ stack, browser }) => lookAtSetup(stack, browser),
}];
