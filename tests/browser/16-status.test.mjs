// The status page: what runs, who is connected, what waits; read again while it is looked at.
import assert from 'node:assert/strict';
import { signIn, until } from './browser.mjs';
import { lookAt, sizes } from './look.mjs';
import { connect } from './mqtt.mjs';

export const users = { boss: true, dora: false };

/** What the files before this one left to be sent would be told here. */
export async function prepare(stack) {
    stack.sql('delete from mytracks_outbox');
}

async function openStatus(browser, stack, options) {
    const page = await browser.newPage(stack, options);
    await signIn(page, stack, 'boss', '/admin-panel/');
    await page.locator('.tabs a', { hasText: 'Status' }).click();
    await page.waitForSelector('#programs .tag.good');
    return page;
}

const queue = (stack, state, error) => stack.sql(
    'insert into mytracks_outbox (way, kind, user_id, ref_id, recipient, created_at, due_at, attempts, state, error)'
    + " select 1, 2, id, 0, 'dora@example.org', datetime('now', '-2 hours'), '2099-01-01 00:00:00', 3, ?, ? from auth_user"
    + " where username = 'dora' returning id", [state, error])[0][0];

export const tests = [
    {
        name: 'a phone comes and goes without a reload; everything runs',
        async run({ stack, browser }) {
            const page = await openStatus(browser, stack);
            assert.equal(await page.locator('#programs .tag.good').count(), 4);
            assert.equal(await page.locator('#alerts .message').count(), 0);
            assert.ok((await page.textContent('#clients')).includes('No phone is connected.'));
            const phone = await connect(stack, 'dora', 'dora-phone');
            const row = page.locator('#clients tr', { hasText: 'dora-phone' });
            await row.waitFor();
            assert.match(await row.textContent(), /WebSocket/);
            phone.close();
            await row.waitFor({ state: 'detached' });
        },
    },
    {
        name: 'who was refused, and why',
        async run({ stack, browser }) {
            await assert.rejects(connect(stack, 'dora', 'dora-wrong', 'not the password'));
            const phone = await connect(stack, 'dora', 'dora-lost');
            await phone.publish('owntracks/boss/x', '{}');
            const page = await openStatus(browser, stack);
            await page.locator('#refused tr', { hasText: 'dora-wrong' }).getByText('user name or password is wrong').waitFor();
            assert.match(await page.locator('#refused tr', { hasText: 'dora-lost' }).textContent(), /message.*owntracks\/boss\/x/);
            phone.close();
        },
    },
    {
        name: 'outbox: what was given up is told, tried again and dropped',
        async run({ stack, browser }) {
            const [lost, waits] = [queue(stack, 2, 'no such server'), queue(stack, 0, 'connection refused')];
            const page = await openStatus(browser, stack);
            assert.match(await page.textContent('#alerts'), /could not be sent/);
            assert.match(await page.textContent('#outbox'), /no such server/);
            await page.locator(`[data-key=drop-${lost}]`).click();
            await page.click('#ask-ok');
            await page.locator(`[data-key=drop-${lost}]`).waitFor({ state: 'detached' });
            await page.locator(`[data-key=retry-${waits}]`).click();
            await until('it is due', () => stack.sql("select id from mytracks_outbox where due_at > '2098-01-01'").length === 0);
            stack.sql('delete from mytracks_outbox');
        },
    },
    {
        name: 'what was sent is told with its result, and warnings of the programs are, with no secret in them',
        async run({ stack, browser }) {
            const sent = queue(stack, 1, '');
            stack.sql("update mytracks_outbox set finished_at = datetime('now'), recipient = '<b>dora' where id = ? returning id", [sent]);
            const page = await openStatus(browser, stack);
            assert.match(await page.locator('#outbox tr', { hasText: '<b>dora' }).textContent(), /Mail.*sent/);
            assert.match(await page.textContent('#listener'), /Switched off/);
            assert.equal(await page.locator('#log .tag.bad, #log .tag.warn').count(), await page.locator('#log tbody tr').count());
            const panel = await browser.newPage(stack);
            await signIn(panel, stack, 'boss', '/admin-panel/');
            const answer = await panel.evaluate(async () => (await fetch('/api/admin/pki/ca/', {
                method: 'POST', headers: { 'Content-Type': 'application/json', 'X-CSRFToken': document.querySelector('input[name=csrfmiddlewaretoken]').value },
                body: JSON.stringify({ key_size: 256, common_name: 'Logged <i>CA' }),
            })).status);
            assert.equal(answer, 201);
            await page.locator('#log tr', { hasText: 'Logged <i>CA' }).getByText('warning').waitFor();
            await page.locator('#log .scroller').focus();
            stack.sql('delete from mytracks_outbox');
        },
    },
    {
        name: 'sign-ins: good ones, and those that were refused together',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            for (let i = 0; i < 2; i++) {
                await page.goto(`${stack.base}/login/`);
                await page.fill('#username', 'no such <b>');
                await page.fill('#password', 'x');
                await page.click('button[type=submit]');
                await page.locator('.error:visible, [role=alert]:visible').first().waitFor();
            }
            const status = await openStatus(browser, stack);
            await status.locator('#signins tr', { hasText: 'no such <b>' }).getByText('Refused 2 times').waitFor();
            await status.locator('#signins tr').getByText('Signed in').first().waitFor();
        },
    },
    ...sizes.map(({ size, ...options }) => ({
        name: `status, ${size}: contrast, names, nothing sideways, picture`,
        async run({ stack, browser }) {
            queue(stack, 2, 'The server refuses the sender’s address.');
            const phone = await connect(stack, 'dora', 'dora-phone');
            const page = await openStatus(browser, stack, options);
            await page.locator('#clients tr', { hasText: 'dora-phone' }).waitFor();
            await lookAt(page, browser, `status-${size}`);
            phone.close();
            stack.sql('delete from mytracks_outbox');
        },
    })),
];
