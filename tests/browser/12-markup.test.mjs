// Every text that a phone, a user or an administrator can set is markup that would run; every page is opened and used, in
// both roles. Nothing runs, and the Content-Security-Policy has nothing to report: it is the second wall, not the first.
import assert from 'node:assert/strict';
import { signIn, until } from './browser.mjs';

const MARKUP = '"\'><img src=x onerror=window.ran=1><svg onload=window.ran=2><script>window.ran=3</script>{{7*7}}${window.ran=4}';
// Columns that hold no free text: keys, words of a fixed set, what is sealed, JSON (given below).
const FIXED = new Set(['password', 'event', 'action_type', 'status', 'received_via', 'connection_type', 'payload', 'in_regions', 'san_entries',
    'recent_webhook_log', 'last_relayed_location_by_user', 'last_location_request_at_by_user', 'encrypted_password', 'encrypted_private_key',
    'encrypted_api_key', 'rid', 'ip_address', 'mqtt_user', 'device_id', 'trigger', 'message_type', 'last_location_request_at_by_user_device']);
const NOW = '2026-11-01 10:00:00';

export const users = { mark: true, mona: false };

/** A row of everything that is shown anywhere. */
function seed(stack) {
    const [[admin], [user]] = ['mark', 'mona'].map((name) => stack.sql('select id from auth_user where username = ?', [name])[0]);
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
    ];
    for (const [table, row] of rows) {
        const names = Object.keys(row);
        stack.sql(`insert or replace into ${table} (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`, Object.values(row));
    }
    stack.sql("insert into my_tracks_transition (event, region_id, description, timestamp, received_at, device_id) select 'enter', '', '', ?, ?, id from my_tracks_device", [NOW, NOW]);
    stack.sql('insert into mytracks_quarantine (received_at, via, username, address, topic, raw, reason) values (?, ?, ?, ?, ?, ?, ?)', [NOW, 'mqtt', MARKUP, MARKUP, MARKUP, MARKUP, MARKUP]);
    stack.sql('insert into mytracks_signin (username, ok, times, address, agent, at) values (?, 0, 1, ?, ?, ?)', [MARKUP, MARKUP, MARKUP, NOW]);
    stack.sql('insert into mytracks_card (user_id, name, face, updated_at) values (?, ?, ?, ?)', [user, MARKUP, '', NOW]);
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

const PAGES = ['/', '/profile/', '/profile/#friends', '/geofences/', '/about/', '/api/docs/', '/admin-panel/', '/admin-panel/status/', '/admin-panel/data/', '/admin-panel/data/?table=messages', '/admin-panel/data/?table=locations', '/admin-panel/data/?table=quarantine', '/admin-panel/data/?table=geofences', '/admin-panel/data/?table=transitions', '/nothing/<img src=x onerror=window.ran=9>',
    `/login/?next=${encodeURIComponent(`/"><script>window.ran=5</script>`)}`];

async function visit(page, stack, path) {
    await page.goto(stack.base + path);
    await page.waitForLoadState('networkidle');
    await page.evaluate(() => document.querySelectorAll('details').forEach((part) => (part.open = true)));
    await page.waitForTimeout(300); // what the scripts fill in when a part opens
    assert.equal(await page.evaluate(() => window.ran), undefined, path);
    assert.deepEqual(await page.evaluate(() => window.reports), [], path);
    assert.equal(await page.locator('img[src=x], svg[onload]').count(), 0, `${path}: markup became elements`);
}

async function look(stack, browser, user) {
    const page = await browser.newPage(stack, { allow: [/404|400|403|500|502|503/] });
    await page.addInitScript(() => {
        window.reports = [];
        addEventListener('securitypolicyviolation', (event) => window.reports.push(`${event.violatedDirective} ${event.blockedURI}`));
    });
    page.on('dialog', (dialog) => assert.fail(dialog.message()));
    await signIn(page, stack, user);
    for (const path of PAGES) {
        await visit(page, stack, path);
    }
    await page.goto(`${stack.base}/`);
    await page.waitForSelector('#live-state[data-state=live]');
    assert.ok((await page.locator('.device-name').first().textContent()).includes('<img'), 'the texts are shown, as text');
    await page.locator('.device-row').first().click();
    await page.getByRole('button', { name: 'History' }).click();
    await page.waitForSelector('.history[aria-busy]', { state: 'detached' });
    await stack.post('mona', 'phone', { lat: 48.21, lon: 16.41, tid: '<i', SSID: MARKUP, BSSID: MARKUP.slice(0, 30), t: '<b>' });
    await until('the live event', () => stack.sql('select count(*) from my_tracks_location')[0][0] > 2);
    assert.equal(await page.evaluate(() => window.ran), undefined);
    assert.deepEqual(await page.evaluate(() => window.reports), []);
}

let seeded = false;
export const tests = ['mark', 'mona'].map((user) => ({
    name: `nothing that anybody can write runs, seen by ${user === 'mark' ? 'an administrator' : 'a user'}`,
    async run({ stack, browser }) {
        if (!seeded) {
            seeded = true;
            stack.addUser('evil');
            for (const name of ['mark', 'mona']) {
                await stack.post(name, 'phone', { lat: 48.2, lon: 16.4, SSID: MARKUP, tid: '<i' });
            }
            seed(stack);
            markUp(stack);
        }
        await look(stack, browser, user);
    },
}));
