// Notifications of rules: a browser is made to take them, a rule tells it, it is shown, and it is taken away.
// No browser's maker can be reached from here: its part is played by makers below, which get what the server sends. It is read with the
// keys that the browser would have, and given to the browser's own service worker.
import assert from 'node:assert/strict';
import { createDecipheriv, createECDH, createHmac, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { signIn, startBrowser, until } from './browser.mjs';
import { lookAt, sizes } from './look.mjs';

export const users = { nils: false, nora: false };
export function prepare(stack) {
    stack.sql('delete from mytracks_push');
    stack.sql("delete from mytracks_rule where user_id in (select id from auth_user where username in ('nils', 'nora'))");
}

const mac = (key, ...parts) => parts.reduce((hash, part) => hash.update(part), createHmac('sha256', key)).digest();

/** RFC 8291. */
function read(body, ecdh, auth) {
    const [salt, sender, sealed] = [body.subarray(0, 16), body.subarray(21, 86), body.subarray(86)];
    const prk = mac(salt, mac(mac(auth, ecdh.computeSecret(sender)), 'WebPush: info\0', ecdh.getPublicKey(), sender, '\x01'));
    const key = mac(prk, 'Content-Encoding: aes128gcm\0\x01').subarray(0, 16);
    const cipher = createDecipheriv('aes-128-gcm', key, mac(prk, 'Content-Encoding: nonce\0\x01').subarray(0, 12));
    cipher.setAuthTag(sealed.subarray(-16));
    return Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]).subarray(0, -1).toString();
}

/** A browser's maker, and the keys of one browser. */
async function withMaker(run) {
    const ecdh = createECDH('prime256v1');
    ecdh.generateKeys();
    const auth = randomBytes(16);
    const sent = [];
    const server = createServer((request, answer) => {
        const parts = [];
        request.on('data', (part) => parts.push(part)).on('end', () => {
            sent.push(read(Buffer.concat(parts), ecdh, auth));
            answer.writeHead(201).end();
        });
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
        await run({ sent, endpoint: `http://127.0.0.1:${server.address().port}/box`, keys: { p256dh: ecdh.getPublicKey('base64url'), auth: auth.toString('base64url') } });
    } finally {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
    }
}

/** In the page: subscribing as with the maker; who has subscribed is known until the browser is closed. */
function subscribeWith({ endpoint, keys }) {
    const kept = () => localStorage.getItem('test-subscribed') !== null;
    const subscription = {
        endpoint, toJSON: () => ({ endpoint, expirationTime: null, keys }),
        unsubscribe: () => Promise.resolve(localStorage.removeItem('test-subscribed') ?? true),
    };
    PushManager.prototype.getSubscription = () => Promise.resolve(kept() ? subscription : null);
    PushManager.prototype.subscribe = (options) => {
        if (!options.userVisibleOnly || options.applicationServerKey.length !== 87) {
            return Promise.reject(new Error('not as browsers want it'));
        }
        localStorage.setItem('test-subscribed', '1');
        return Promise.resolve(subscription);
    };
}

/** run(browser, maker), with the browser that has notifications. */
async function withBoth(stack, run) {
    const browser = await startBrowser(stack.root, stack.build, true);
    try {
        await withMaker(async (maker) => {
            await run(browser, maker);
            await browser.finish();
        });
    } finally {
        await browser.close();
    }
}

async function open(browser, stack, maker, path, options = {}) {
    const page = await browser.newPage(stack, { serviceWorkers: 'allow', ...options });
    await page.context().grantPermissions(['notifications'], { origin: stack.base });
    await page.addInitScript(subscribeWith, { endpoint: maker.endpoint, keys: maker.keys });
    await signIn(page, stack, 'nils', path);
    return page;
}

/** Gives the service worker what its maker has got. */
async function deliver(page, stack, text) {
    const session = await page.context().newCDPSession(page);
    const registered = new Promise((resolve) => session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
        const mine = registrations.find(({ scopeURL }) => scopeURL === `${stack.base}/`);
        if (mine) {
            resolve(mine.registrationId);
        }
    }));
    await session.send('ServiceWorker.enable');
    await session.send('ServiceWorker.deliverPushMessage', { origin: `${stack.base}/`, registrationId: await registered, data: text });
}

const notices = (page) => page.evaluate(async () => (await (await navigator.serviceWorker.ready).getNotifications()).map(({ title, body, data, tag }) => ({ title, body, data, tag })));

export const tests = [
    {
        name: 'allowed in a rule\'s window; what the rule tells is shown; forgotten in the profile',
        async run({ stack }) {
            await stack.post('nils', 'fon', { lat: 48.2, lon: 16.4, batt: 80 });
            await withBoth(stack, async (browser, maker) => {
                const page = await open(browser, stack, maker, '/geofences/');
                await page.click('#rule-new');
                await page.selectOption('#rule-event', 'battery');
                await page.selectOption('#rule-channel', 'push');
                assert.equal(await page.locator('#rule-target').isVisible(), false);
                await page.getByText('This browser takes no notifications yet.').waitFor();
                await page.getByRole('button', { name: 'Allow in this browser' }).click();
                await page.getByText('This browser takes notifications.').waitFor();
                assert.deepEqual(stack.sql('select endpoint, language from mytracks_push'), [[maker.endpoint, 'en']]);
                await page.click('dialog button[type=submit]');
                await page.locator('.own-rule', { hasText: 'one of my devices is below 15%: notification in my browsers' }).waitFor();

                await stack.post('nils', 'fon', { lat: 48.2, lon: 16.4, batt: 9 });
                await until('it is sent', () => maker.sent.length === 1);
                await deliver(page, stack, maker.sent[0]);
                await until('it is shown', async () => (await notices(page)).length === 1);
                const [{ title, data }] = await notices(page);
                assert.deepEqual([title, data], ['fon has 9 % of its battery left', 'nils/fon']);

                await page.goto(`${stack.base}/profile/`);
                const row = page.locator('#notification-list .row');
                await row.getByText('this browser').waitFor();
                assert.match(await row.innerText(), /^Chrome, Linux\s/);
                await row.getByRole('button', { name: 'Delete' }).click();
                await page.locator('#notification-list').getByText('This browser takes no notifications yet.').waitFor();
                assert.equal(await row.count(), 0);
                assert.equal(await page.evaluate(() => localStorage.getItem('test-subscribed')), null);
                assert.deepEqual(stack.sql('select count(*) from mytracks_push'), [[0]]);
            });
        },
    },
    {
        name: 'a browser that says no is told where to change it; in German, too',
        async run({ stack }) {
            await withBoth(stack, async (browser, maker) => {
                const page = await open(browser, stack, maker, '/profile/');
                await page.evaluate(() => (Notification.requestPermission = () => Promise.resolve('denied')));
                await page.getByRole('button', { name: 'Allow in this browser' }).click();
                await page.waitForSelector('.toast:has-text("does not allow notifications")');
                assert.deepEqual(stack.sql('select count(*) from mytracks_push'), [[0]]);
                const german = await open(browser, stack, maker, '/profile/', { locale: 'de-DE' });
                await german.getByRole('button', { name: 'In diesem Browser erlauben' }).click();
                await german.getByText('Dieser Browser nimmt Benachrichtigungen an.').waitFor();
                assert.deepEqual(stack.sql('select language from mytracks_push'), [['de']]);
            });
        },
    },
    {
        name: 'where there is none it is said why',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await page.addInitScript(() => delete window.PushManager);
            await signIn(page, stack, 'nora', '/profile/');
            await page.locator('#notification-list').getByText('They need https').waitFor();
            assert.equal(await page.locator('#notification-list button').count(), 0);
        },
    },
    ...sizes.map(({ size, ...look }) => ({
        name: `notifications, ${size}: contrast, names, nothing sideways, picture`,
        async run({ stack }) {
            await withBoth(stack, async (browser, maker) => {
                stack.sql('delete from mytracks_push');
                const page = await open(browser, stack, maker, '/profile/', look);
                await page.getByRole('button', { name: 'Allow in this browser' }).click();
                await page.locator('#notification-list .row').waitFor();
                await page.reload(); // without the toast
                await page.locator('#notification-list .row').waitFor();
                await page.locator('#notifications').scrollIntoViewIfNeeded();
                await lookAt(page, browser, `notifications-${size}`, ['#notifications']);
            });
        },
    })),
];
