// The administrators' panel: users, certificates in three steps, mail, map; and a user's own downloads.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { signIn } from './browser.mjs';
import { lookAt, sizes } from './look.mjs';
import { withSink } from './sink.mjs';
import { PASSWORD } from './stack.mjs';

export const users = { boss: true, dora: false };

const form = (page, type) => page.locator('form', { has: page.locator(`input[name=form_type][value=${type}]`) });

async function openPanel(browser, stack, options) {
    const page = await browser.newPage(stack, options);
    await signIn(page, stack, 'boss', '/admin-panel/');
    return page;
}

async function fill(one, fields) {
    for (const [name, value] of Object.entries(fields)) {
        const field = one.locator(`[name=${name}]`);
        await (await field.evaluate((node) => node.tagName) === 'SELECT' ? field.selectOption(value) : field.fill(value));
    }
}

/** Opens the part that a form hides in, and sends it. */
async function make(page, type, fields) {
    const one = form(page, type);
    await page.locator('details.more', { has: one }).locator('> summary').click();
    await fill(one, fields);
    await one.locator('button[type=submit]').click();
    await page.waitForSelector('.message.good');
}

/** The same with what the server does not take: it is given back, where it was typed. */
async function refused(page, type, fields) {
    const one = form(page, type);
    await page.locator('details.more', { has: one }).locator('> summary').click();
    await one.evaluate((node) => { node.noValidate = true; });
    await fill(one, fields);
    const values = () => one.evaluate((node, names) => names.map((name) => node.elements[name].value), Object.keys(fields));
    const typed = await values();
    await one.locator('button[type=submit]').click();
    await page.waitForSelector('.message.bad');
    assert.deepEqual(await values(), typed, type);
    assert.ok(await one.isVisible(), `${type} is open`);
    assert.equal(await page.locator('details.more[open]').count(), 1);
}

const row = (page, name) => page.locator(`tr[data-name="${name}"]`);
const inDialog = async (page) => {
    await page.waitForSelector('#ask[open]');
    return page.locator('#ask-ok');
};

export const tests = [
    {
        name: 'only administrators get in',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await signIn(page, stack, 'dora', '/profile/');
            assert.equal(await page.locator('a[href="/admin-panel/"]').count(), 0);
            await page.goto(`${stack.base}/admin-panel/`);
            assert.ok(!new URL(page.url()).pathname.startsWith('/admin-panel/'), page.url());
        },
    },
    {
        name: 'a user is made, locked, unlocked, made administrator and deleted',
        async run({ stack, browser }) {
            const page = await openPanel(browser, stack);
            await make(page, 'create_user', { username: 'frida', password: PASSWORD, email: 'frida@example.org' });
            await page.reload(); // does not make her again
            assert.equal(await page.locator('.message').count(), 0);
            await row(page, 'frida').locator('[data-do=deactivate]').click();
            await (await inDialog(page)).click();
            await row(page, 'frida').locator('.tag.bad').waitFor();
            await row(page, 'frida').locator('[data-do=reactivate]').click();
            await row(page, 'frida').locator('[data-do=deactivate]').waitFor();
            await row(page, 'frida').locator('[data-do=toggle]').click();
            await row(page, 'frida').locator('.tag').waitFor();
            assert.deepEqual(stack.sql("select is_active, is_staff from auth_user where username = 'frida'"), [[1, 1]]);
            await row(page, 'frida').locator('[data-do=delete]').click();
            await inDialog(page);
            await page.keyboard.press('Escape');
            assert.equal(await row(page, 'frida').count(), 1);
            await row(page, 'frida').locator('[data-do=delete]').click();
            await (await inDialog(page)).click();
            assert.equal(await page.locator('#ask[open]').count(), 1, 'not without the name');
            await page.fill('#ask-input', 'dora');
            await page.click('#ask-ok');
            assert.equal(await page.locator('#ask[open]').count(), 1, 'not with another one');
            await page.fill('#ask-input', 'frida');
            await page.click('#ask-ok');
            await row(page, 'frida').waitFor({ state: 'detached' });
            assert.deepEqual(stack.sql("select count(*) from auth_user where username = 'frida'"), [[0]]);
        },
    },
    {
        name: 'what is refused is given back in its place, but no password',
        async run({ stack, browser }) {
            const page = await openPanel(browser, stack);
            const user = form(page, 'create_user');
            await user.evaluate(({ elements }, password) => {
                elements.password.value = password;
                elements.is_admin.checked = true;
            }, PASSWORD);
            await refused(page, 'create_user', { username: 'dora', first_name: 'Dora "D"', last_name: '<b>', email: 'dora@example.org' });
            assert.equal(await user.locator('[name=password]').inputValue(), '');
            assert.ok(await user.locator('[name=is_admin]').isChecked());
            await fill(user, { username: 'fritz', password: PASSWORD });
            await user.locator('button[type=submit]').click();
            await page.waitForSelector('.message.good');
            assert.equal(await page.locator('details.more[open]').count(), 0);
            assert.equal(await user.locator('[name=first_name]').inputValue(), '');
            assert.deepEqual(stack.sql("select first_name, is_staff from auth_user where username = 'fritz'"), [['Dora "D"', 1]]);
            await refused(page, 'generate_ca', { ca_common_name: 'Mine & yours', ca_validity_days: '0', ca_key_size: '3072' });
            await refused(page, 'generate_server_cert', { sc_common_name: 'a.example.org', sc_validity_days: '0', sc_key_size: '2048' });
            await refused(page, 'issue_client_cert', { cc_user_id: { label: 'fritz' }, cc_validity_days: '0', cc_key_size: '2048' });
            assert.equal(await form(page, 'generate_ca').locator('[name=ca_common_name]').inputValue(), 'My Tracks CA');
        },
    },
    {
        name: 'a password is set; one that is too short is not sent',
        async run({ stack, browser }) {
            const page = await openPanel(browser, stack);
            const set = async (password) => {
                await row(page, 'dora').locator('[data-do=password]').click();
                await inDialog(page);
                await page.fill('#ask-input', password);
                await page.click('#ask-ok');
                await page.locator('.toast', { hasText: 'dora' }).waitFor();
            };
            await row(page, 'dora').locator('[data-do=password]').click();
            await inDialog(page);
            await page.fill('#ask-input', 'short');
            await page.click('#ask-ok');
            assert.equal(await page.locator('#ask[open]').count(), 1); // 8 characters at least
            await page.keyboard.press('Escape');
            await set(`${PASSWORD}!`);
            await set(PASSWORD);
            await signIn(await browser.newPage(stack), stack, 'dora');
        },
    },
    {
        name: 'certificates: authority, server, user; the user downloads theirs; revoked',
        async run({ stack, browser }) {
            const page = await openPanel(browser, stack);
            await make(page, 'generate_ca', { ca_common_name: 'Family CA', ca_key_size: '2048' });
            await make(page, 'generate_server_cert', { sc_common_name: 'tracks.example.org', sc_key_size: '2048' });
            await make(page, 'issue_client_cert', { cc_user_id: { label: 'dora' }, cc_key_size: '2048' });
            assert.equal(await page.locator('.cert').count(), 3);

            const mine = await browser.newPage(stack);
            await signIn(mine, stack, 'dora', '/profile/');
            await mine.fill('#p12_password', 'for-the-phone');
            const [file] = await Promise.all([mine.waitForEvent('download'), mine.click('#certificate form button')]);
            assert.match(file.suggestedFilename(), /\.p12$/);
            const [authority] = await Promise.all([mine.waitForEvent('download'), mine.click('a[href="/profile/download-ca/"]')]);
            assert.match(authority.suggestedFilename(), /\.crt$/);

            const [list] = await Promise.all([page.waitForEvent('download'), page.locator('a', { hasText: 'Download the revocation list' }).click()]);
            assert.equal(list.suggestedFilename(), 'my-tracks.crl');
            const kept = page.locator('.cert[data-kind=ca]');
            await kept.locator('> summary').click();
            const [root] = await Promise.all([page.waitForEvent('download'), kept.locator('a[download]').click()]);
            assert.match(readFileSync(await root.path(), 'utf8'), /^-----BEGIN CERTIFICATE-----/);

            const cert = page.locator('.cert[data-kind=client-certs]');
            await cert.locator('> summary').click();
            await cert.locator('.confirm > summary').click();
            await form(page, 'revoke_client_cert').locator('button').click();
            await page.waitForSelector('.message.good');
            assert.deepEqual(stack.sql('select revoked from my_tracks_clientcertificate'), [[1]]);
        },
    },
    {
        name: 'before an authority is deleted the page tells what goes with it, and what the broker uses of that',
        async run({ stack, browser }) {
            const page = await openPanel(browser, stack);
            await make(page, 'generate_ca', { ca_common_name: 'Next CA', ca_key_size: '2048' });
            const former = page.locator('.cert[data-kind=ca]', { hasText: 'Family CA' });
            await former.locator('> summary').click();
            await former.locator('.confirm > summary').click();
            assert.deepEqual(await former.locator('.confirm dd').allTextContents(), ['1', '1']);
            assert.match(await former.locator('.confirm').innerText(), /tracks\.example\.org is what the broker uses now/);
            await form(page, 'expunge_ca').locator('button').click();
            await former.locator('input[data-equal]').fill('Next CA');
            await form(page, 'expunge_ca').locator('button').click();
            assert.deepEqual(stack.sql('select count(*) from my_tracks_certificateauthority'), [[2]], 'not without its name');
            await former.locator('input[data-equal]').fill('Family CA');
            await form(page, 'expunge_ca').locator('button').click();
            await page.waitForSelector('.message.good');
            assert.deepEqual(stack.sql('select common_name from my_tracks_certificateauthority'), [['Next CA']]);
            assert.equal(await page.locator('.cert').count(), 1);
        },
    },
    {
        name: 'names in a certificate are a list: added, refused while typing, removed, suggested; what was refused comes back',
        async run({ stack, browser }) {
            const page = await openPanel(browser, stack);
            const one = form(page, 'generate_server_cert');
            const typing = one.locator('#sc_san_entries-new');
            const chips = () => one.locator('.chip > span').allTextContents();
            await page.locator('details.more', { has: one }).locator('> summary').click();
            await one.locator('.offers button', { hasText: '+ 127.0.0.1' }).click();
            await typing.fill('300.1.1.1');
            await one.locator('#sc_san_entries-new-said', { hasText: 'no whole address' }).waitFor();
            await page.keyboard.press('Enter');
            assert.deepEqual(await chips(), ['127.0.0.1']);
            await typing.fill('A.example.org, fe80::1 a.example.org');
            await one.locator('button', { hasText: 'Add' }).click();
            assert.deepEqual(await chips(), ['127.0.0.1', 'a.example.org', 'fe80::1']);
            await one.locator('button[aria-label="Remove fe80::1"]').press('Enter');
            assert.deepEqual(await chips(), ['127.0.0.1', 'a.example.org']);
            assert.ok(await one.locator('button[aria-label="Remove a.example.org"]').evaluate((node) => node === document.activeElement));
            await one.evaluate((node) => { node.noValidate = true; });
            await fill(one, { sc_common_name: 'curve.example.org', sc_validity_days: '0', sc_key_size: '384' });
            await typing.fill('typed.example.org');
            await one.locator('button[type=submit]').click();
            await page.waitForSelector('.message.bad');
            assert.deepEqual(await chips(), ['127.0.0.1', 'a.example.org', 'typed.example.org']);
            await fill(one, { sc_validity_days: '90' });
            await one.locator('button[type=submit]').click();
            await page.waitForSelector('.message.good');
            const [[pem, bits]] = stack.sql("select certificate_pem, key_size from my_tracks_servercertificate where common_name = 'curve.example.org'");
            const made = new X509Certificate(pem);
            assert.equal(made.publicKey.asymmetricKeyDetails.namedCurve, 'secp384r1');
            assert.equal(bits, 384);
            assert.match(made.subjectAltName, /DNS:a\.example\.org.*DNS:typed\.example\.org.*DNS:curve\.example\.org.*IP Address:127\.0\.0\.1/);
            const shown = page.locator('.cert[data-kind=server-cert]', { hasText: 'curve.example.org' });
            await shown.locator('> summary').click();
            assert.match(await shown.textContent(), /EC P-384/);
        },
    },
    {
        name: 'a user gets a certificate by one button, and the administrator the file with its key, under a password',
        async run({ stack, browser }) {
            const page = await openPanel(browser, stack);
            await row(page, 'dora').locator('[data-do=certificate]').click();
            await page.locator('.toast', { hasText: 'The certificate is there' }).waitFor({ timeout: 60_000 });
            assert.deepEqual(stack.sql("select key_size, is_active from my_tracks_clientcertificate where common_name = 'dora' and not revoked"), [[4096, 1]]);
            await row(page, 'dora').locator('[data-do=p12]').click();
            await inDialog(page);
            assert.equal(await page.getAttribute('#ask-input', 'type'), 'password');
            await page.fill('#ask-input', 'short');
            await page.click('#ask-ok');
            assert.equal(await page.locator('#ask[open]').count(), 1);
            await page.fill('#ask-input', 'hand this over');
            const [file] = await Promise.all([page.waitForEvent('download'), page.click('#ask-ok')]);
            assert.equal(file.suggestedFilename(), 'dora.p12');
            const pfx = readFileSync(await file.path());
            createSecureContext({ pfx, passphrase: 'hand this over' });
            assert.throws(() => createSecureContext({ pfx, passphrase: 'something else' }));
            assert.ok(!page.seen.requests.some((one) => one.url().includes('hand')), 'no password in an address');
        },
    },
    {
        name: 'one of a thousand users is found by name, e-mail, role and state, and still is after something was done to them',
        async run({ stack, browser }) {
            stack.sql("with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000) insert into auth_user (password, is_superuser, username,"
                + " first_name, last_name, email, is_staff, is_active, date_joined) select '!', 0, 'many' || i, 'Person', 'N' || i, 'mail' || i || '@example.net', i % 100 = 0,"
                + " i % 10 <> 0, '2026-01-01 00:00:00' from n returning id");
            try {
                const page = await openPanel(browser, stack);
                const said = (text) => page.locator('#user-count', { hasText: text }).waitFor();
                const all = stack.sql('select count(*) from auth_user')[0][0].toLocaleString('en-GB');
                await said(`${all} users`);
                await page.locator('#user-text').focus();
                await page.keyboard.type('MAIL77@');
                await said(`1 of ${all} users`);
                assert.ok(await row(page, 'many77').isVisible());
                assert.equal(await page.locator('#user-table tbody tr:visible').count(), 1);
                await page.fill('#user-text', 'person n7');
                await said(`111 of ${all} users`);
                await page.keyboard.press('Tab');
                await page.keyboard.press('A'); // Administrators
                await said(`1 of ${all} users`);
                assert.ok(await row(page, 'many700').isVisible());
                await page.selectOption('#user-role', '');
                await page.selectOption('#user-state', { label: 'Cannot sign in' });
                await said(`11 of ${all} users`);
                await row(page, 'many70').locator('[data-do=reactivate]').click();
                await page.locator('.toast').waitFor();
                await said(`10 of ${all} users`);
                assert.equal(await page.inputValue('#user-text'), 'person n7');
                await page.fill('#user-text', 'nobody at all');
                await said(`0 of ${all} users`);
                const took = await page.evaluate(() => {
                    const field = document.querySelector('#user-text');
                    const begin = performance.now();
                    field.value = 'n';
                    field.dispatchEvent(new Event('input'));
                    document.body.getBoundingClientRect();
                    return performance.now() - begin;
                });
                assert.ok(took < 500, `${took} ms`);
            } finally {
                stack.sql("delete from auth_user where username like 'many%' returning id");
            }
        },
    },
    {
        name: 'mail: a test arrives with the settings that were typed, and after they were saved with those',
        async run({ stack, browser }) {
            await withSink(async ({ port, mails }) => {
                const page = await openPanel(browser, stack);
                const test = async () => {
                    await page.click('#smtp-test');
                    await page.locator('.toast', { hasText: 'on its way' }).last().waitFor();
                };
                await fill(page, { smtp_host: '127.0.0.1', smtp_port: String(port), smtp_username: 'post', smtp_password: 'box-Pa55', smtp_from_address: 'tracks@example.org' });
                await page.fill('#smtp_test_to', 'boss@example.org');
                await test();
                const [first] = await mails(1);
                assert.deepEqual([first.to, first.login], [['boss@example.org'], ['post', 'box-Pa55']]);
                await form(page, 'save_smtp').locator('button[type=submit]').click();
                await page.waitForSelector('.message.good');
                assert.equal(await page.inputValue('#smtp_test_to'), 'boss@example.org', 'kept for the next test');
                assert.equal(await page.inputValue('#smtp_password'), '');
                await test();
                assert.equal((await mails(2)).length, 2);
                await page.locator('#mail .confirm > summary').click();
                await form(page, 'reset_smtp').locator('button').click();
                await page.waitForSelector('.message.good');
            });
        },
    },
    {
        name: 'mail: a server that is not there is told before saving; settings are saved and forgotten',
        async run({ stack, browser }) {
            const page = await openPanel(browser, stack);
            await page.fill('#smtp_host', '127.0.0.1');
            await page.fill('#smtp_port', '1');
            await page.fill('#smtp_from_address', 'tracks@example.org');
            await page.fill('#smtp_test_to', 'boss@example.org');
            await page.click('#smtp-test');
            await page.waitForSelector('.toast');
            assert.match(await page.textContent('.toast'), /connect|reach/i);
            await form(page, 'save_smtp').locator('button[type=submit]').click();
            await page.waitForSelector('.message.good');
            assert.equal(await page.inputValue('#smtp_host'), '127.0.0.1');
            await page.locator('#mail .confirm > summary').click();
            await form(page, 'reset_smtp').locator('button').click();
            await page.waitForSelector('.message.good');
            assert.equal(await page.inputValue('#smtp_host'), '');
        },
    },
    {
        name: 'the limit for inaccurate positions is kept',
        async run({ stack, browser }) {
            const page = await openPanel(browser, stack);
            await page.fill('#location_accuracy_minimum_m', '321');
            await form(page, 'save_location_quality').locator('button').click();
            await page.waitForSelector('.message.good');
            assert.equal(await page.inputValue('#location_accuracy_minimum_m'), '321');
        },
    },
    ...sizes.map(({ size, ...options }) => ({
        name: `panel, ${size}: contrast, names, nothing sideways, picture`,
        async run({ stack, browser }) {
            const page = await openPanel(browser, stack, options);
            await lookAt(page, browser, `admin-${size}`);
        },
    })),
];
