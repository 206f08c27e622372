// The administrators' panel: users, certificates in three steps, mail, map; and a user's own downloads.
import assert from 'node:assert/strict';
import { signIn } from './browser.mjs';
import { lookAt, sizes } from './look.mjs';
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
            await refused(page, 'generate_server_cert', { sc_common_name: 'a.example.org', sc_san_entries: 'b.example.org, 10.0.0.1', sc_validity_days: '0', sc_key_size: '2048' });
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
            await make(page, 'generate_server_cert', { sc_common_name: 'tracks.example.org', sc_san_entries: '127.0.0.1', sc_key_size: '2048' });
            await make(page, 'issue_client_cert', { cc_user_id: { label: 'dora' }, cc_key_size: '2048' });
            assert.equal(await page.locator('.cert').count(), 3);

            const mine = await browser.newPage(stack);
            await signIn(mine, stack, 'dora', '/profile/');
            await mine.fill('#p12_password', 'for-the-phone');
            const [file] = await Promise.all([mine.waitForEvent('download'), mine.click('#certificate form button')]);
            assert.match(file.suggestedFilename(), /\.p12$/);
            const [authority] = await Promise.all([mine.waitForEvent('download'), mine.click('a[href="/profile/download-ca/"]')]);
            assert.match(authority.suggestedFilename(), /\.crt$/);

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
            await page.waitForSelector('.message.good');
            assert.deepEqual(stack.sql('select common_name from my_tracks_certificateauthority'), [['Next CA']]);
            assert.equal(await page.locator('.cert').count(), 1);
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
