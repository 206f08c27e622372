// One's devices in the profile: name, colour, removal; and how the map shows them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import jsQR from 'jsqr';
import mqtt from 'mqtt';
import { openMap, signIn, until } from './browser.mjs';
import { lookAt, sizes } from './look.mjs';
import { connect, isOpen } from './mqtt.mjs';
import { withFreshStack } from './stack.mjs';

export const users = { greta: false, hugo: false };

/** What a camera reads. */
async function readCode(page) {
    const picture = (await page.locator('.qr').screenshot()).toString('base64');
    const { data, width, height } = await page.evaluate(async (url) => {
        const image = new Image();
        image.src = url;
        await image.decode();
        const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
        const pen = canvas.getContext('2d');
        pen.drawImage(image, 0, 0);
        return { data: [...pen.getImageData(0, 0, image.width, image.height).data], width: image.width, height: image.height };
    }, `data:image/png;base64,${picture}`);
    return jsQR(Uint8ClampedArray.from(data), width, height)?.data;
}

/** In the page of an administrator: authority, server, their own. */
async function makeCertificates() {
    const token = document.querySelector('input[name=csrfmiddlewaretoken]').value;
    const [me] = await (await fetch('/api/admin/users/')).json();
    const orders = [['ca', {}], ['server-cert', { common_name: '127.0.0.1', san_entries: ['127.0.0.1'] }], ['client-certs', { user_id: me.id }]];
    const codes = [];
    for (const [path, body] of orders) {
        const answer = await fetch(`/api/admin/pki/${path}/`, {
            method: 'POST', headers: { 'Content-Type': 'application/json', 'X-CSRFToken': token }, body: JSON.stringify({ key_size: 256, ...body }),
        });
        codes.push(answer.status);
    }
    return codes;
}

async function open(browser, stack, options = {}) {
    const page = await browser.newPage(stack, options);
    await signIn(page, stack, 'greta', '/profile/');
    const row = page.locator('#devices .row', { hasText: 'bike' });
    await row.locator('summary', { hasText: 'Name and colour' }).click();
    await row.locator('.swatches').waitFor();
    return { page, row };
}

export const tests = [
    {
        name: 'a name and a colour are given, and the map has them',
        async run({ stack, browser }) {
            await stack.post('greta', 'bike', { lat: 48.2, lon: 16.4, batt: 41 });
            const { page, row } = await open(browser, stack);
            await row.locator('.device-now').getByText('41%').waitFor();
            await row.getByLabel('Name on the map').fill('Red <b>bike</b>');
            await row.locator('.swatches label', { hasText: '#b91c2e' }).click();
            await row.getByRole('button', { name: 'Save' }).click();
            await page.locator('.toast-text', { hasText: 'Saved.' }).waitFor();
            assert.equal(await row.locator('strong').first().textContent(), 'Red <b>bike</b>');
            const map = await browser.newPage(stack);
            await openMap(map, stack, 'greta');
            const marker = map.locator('.marker[title="Red <b>bike</b>"]');
            await marker.waitFor();
            const html = await marker.evaluate((node) => node.outerHTML + getComputedStyle(node).cssText);
            assert.match(html, /#b91c2e|185, 28, 46/i);
            const beside = await page.context().newPage(); // another page of the same browser hears of it
            await beside.goto(`${stack.base}/`);
            await beside.locator('.marker[title="Red <b>bike</b>"]').waitFor();
            await row.getByLabel('Name on the map').fill('Bike again');
            await row.getByRole('button', { name: 'Save' }).click();
            await beside.locator('.marker[title="Bike again"]').waitFor();
            await beside.close();
            await row.getByLabel('Name on the map').fill('Red <b>bike</b>');
            await row.getByRole('button', { name: 'Save' }).click();
        },
    },
    ...sizes.map(({ size, ...look }) => ({
        name: `device settings, ${size}: contrast, names, nothing sideways, picture`,
        async run({ stack, browser }) {
            const { page, row } = await open(browser, stack, look);
            await row.scrollIntoViewIfNeeded();
            await lookAt(page, browser, `device-settings-${size}`);
        },
    })),
    {
        name: 'a phone with TLS: each app gets authority, certificate and key as it takes them, and they let it in',
        async run({ stack, browser }) {
            await withFreshStack(stack, browser, async (fresh) => {
                fresh.addUser('greta', true);
                fresh.addUser('hans');
                const page = await browser.newPage(fresh);
                await signIn(page, fresh, 'greta', '/profile/');
                assert.equal(await page.locator('#add-phone[data-authority="0"]').count(), 1);
                assert.deepEqual(await page.evaluate(makeCertificates), [201, 201, 201]);
                await page.goto(`${fresh.base}/profile/#add-phone`);
                await page.reload();
                await page.locator('#add-phone[open]').waitFor();
                assert.ok(await page.locator('#phone-way input[value=mqtts]').isChecked());
                assert.ok(await page.locator('#phone-password').isHidden(), 'it is not needed');
                const make = async (app) => {
                    await page.locator('#phone-app label', { has: page.locator(`input[value=${app}]`) }).click();
                    await page.getByRole('button', { name: 'Make the code' }).click();
                };
                const download = async (text) => {
                    const [file] = await Promise.all([page.waitForEvent('download'), page.locator('#phone-result').getByText(text).click()]);
                    return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
                };
                const enters = async (pfx, passphrase, ca, meanwhile = async () => undefined) => {
                    await until('the broker has the certificates', () => isOpen(fresh.tlsPort));
                    const phone = await mqtt.connectAsync(`mqtts://127.0.0.1:${fresh.tlsPort}`, { pfx, passphrase, ca, clientId: 'greta-tls', username: 'greta', reconnectPeriod: 0 });
                    await meanwhile();
                    await phone.endAsync();
                };

                await make('ios');
                await page.locator('.qr').waitFor();
                const ios = JSON.parse((await download('Download .otrc')).bytes);
                const otrp = await download('Download greta.otrp');
                const ca = (await download('Download the authority’s certificate')).bytes;
                assert.deepEqual([otrp.name, ios.clientpkcs, ios.port, ios.tls, ios.username], ['greta.otrp', 'greta.otrp', fresh.tlsPort, true, 'greta']);
                await enters(otrp.bytes, ios.passphrase, ca);

                await make('android');
                await page.locator('.numbered', { hasText: 'VPN & app user' }).waitFor();
                const p12 = await download('Download greta.p12');
                const shown = await page.textContent('.numbered code');
                await enters(p12.bytes, shown, ca);
                const settings = JSON.parse((await download('Download .otrc')).bytes);
                assert.deepEqual(Object.keys(settings).filter((key) => /crt|pass|pkcs/i.test(key)), [], 'nothing secret in it');

                await make('android24');
                await page.locator('#phone-result', { hasText: 'Your key is in it' }).waitFor();
                assert.equal(await page.locator('.qr').count(), 0, 'too much for a code');
                const all = JSON.parse((await download('Download .otrc')).bytes);
                await enters(Buffer.from(all.tlsClientCrt, 'base64'), all.tlsClientCrtPassword, Buffer.from(all.tlsCaCrt, 'base64'),
                    () => page.locator('.layer.good', { hasText: 'The phone reaches this server' }).waitFor());
                assert.ok(!page.seen.requests.some((one) => one.url().includes(shown)), 'no password in an address');
                await page.locator('#add-phone').screenshot({ path: `${stack.build}/screenshots/add-phone-tls.png` });

                const other = await browser.newPage(fresh); // who has no certificate
                await signIn(other, fresh, 'hans', '/profile/');
                await other.locator('summary', { hasText: 'Add a phone' }).click();
                await other.locator('#phone-no-certificate').waitFor();
                assert.equal(await other.locator('#phone-way input[value=mqtts]').isVisible(), false);
                assert.ok(await other.locator('#phone-way input[value=mqtt]').isChecked());
            }, { tls: true });
        },
    },
    {
        name: 'a phone is added by a code, and the page tells when it has reported',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await signIn(page, stack, 'greta', '/profile/');
            await page.locator('summary', { hasText: 'Add a phone' }).click();
            assert.equal(await page.locator('#phone-way label:visible').count(), 2, 'no TLS here');
            await page.fill('#phone-id', 'a/b');
            await page.getByRole('button', { name: 'Make the code' }).click();
            assert.ok(await page.locator('#phone-result').isHidden(), 'that is no name');
            await page.fill('#phone-id', 'new-phone');
            await page.fill('#phone-tid', 'np');
            await page.fill('#phone-password', 'Geheim für mich');
            await page.getByRole('button', { name: 'Make the code' }).click();
            const link = await page.locator('#phone-result a', { hasText: 'Open in OwnTracks' }).getAttribute('href');
            const settings = JSON.parse(Buffer.from(new URL(link).searchParams.get('inline'), 'base64').toString());
            assert.deepEqual([settings.username, settings.deviceId, settings.tid, settings.password, settings.mode], ['greta', 'new-phone', 'np', 'Geheim für mich', 0]);
            assert.equal(await readCode(page), link, 'the code says the same');
            const file = page.waitForEvent('download');
            await page.locator('#phone-result a', { hasText: '.otrc' }).click();
            assert.equal((await file).suggestedFilename(), 'new-phone.otrc');
            await page.locator('#add-phone').screenshot({ path: `${stack.build}/screenshots/add-phone.png` });
            const layer = (n) => page.locator('.layer').nth(n);
            assert.deepEqual(await page.locator('.layer strong').allTextContents(), ['The phone reaches this server', 'User name and password', 'The first report']);
            await assert.rejects(connect(stack, 'greta', 'greta-new', 'wrong'));
            await page.locator('.layer.bad', { hasText: 'the password is not right' }).waitFor();
            assert.match(await layer(0).getAttribute('class'), /good/);
            const phone = await connect(stack, 'greta', 'greta-new');
            await page.locator('.layer.good', { hasText: 'User name and password' }).waitFor();
            phone.publish('owntracks/emil/new-phone', '{}');
            await page.locator('.layer.bad', { hasText: 'owntracks/emil/new-phone' }).waitFor();
            phone.close();
            await stack.post('greta', 'new-phone', { lat: 48.2, lon: 16.4 });
            await page.locator('#phone-result', { hasText: 'The phone has reported.' }).waitFor();
            assert.ok(!page.seen.requests.some((one) => (one.postData() ?? one.url()).includes('Geheim')), 'the password stays here');
            await page.locator('#phone-result a', { hasText: 'Show it on the map' }).click();
            await page.waitForSelector('.marker[title=new-phone]');
            stack.sql("delete from my_tracks_location where device_id in (select id from my_tracks_device where device_id = 'new-phone')");
            stack.sql("delete from my_tracks_device where device_id = 'new-phone'");
        },
    },
    {
        name: 'a device is removed after a question',
        async run({ stack, browser }) {
            const { page, row } = await open(browser, stack);
            const there = () => stack.sql("select count(*) from my_tracks_device where device_id = 'bike' and owner_id = (select id from auth_user where username = 'greta')")[0][0];
            await row.getByRole('button', { name: 'Remove the device' }).click();
            await page.keyboard.press('Escape');
            assert.equal(there(), 1);
            await row.getByRole('button', { name: 'Remove the device' }).click();
            await page.click('#ask-ok');
            await page.locator('.toast-text', { hasText: 'was removed.' }).waitFor();
            await until('it is gone', () => there() === 0);
            assert.equal(await page.locator('#devices .row').count(), 0);
        },
    },
    {
        name: 'of two phones with one id the right one is asked, named, encrypted, given places and removed',
        async run({ stack, browser }) {
            const twins = (columns) => stack.sql(`select u.username, ${columns} from my_tracks_device d join auth_user u on u.id = d.owner_id`
                + " left join mytracks_device_key k on k.device_id = d.id where d.device_id = 'twin' order by u.username");
            const asked = () => stack.sql("select topic, action from mytracks_command where topic like '%/twin/cmd' order by id");
            await stack.post('greta', 'twin', { lat: 48.2, lon: 16.4 });
            await stack.post('hugo', 'twin', { lat: 48.21, lon: 16.41 });
            stack.sql("insert into my_tracks_deviceshare (created_at, device_id, shared_with_id) select '2026-01-01', d.id, g.id"
                + " from my_tracks_device d join auth_user h on h.id = d.owner_id, auth_user g where d.device_id = 'twin' and h.username = 'hugo' and g.username = 'greta'");
            let page;
            for (const owner of ['hugo', 'greta']) {
                page = await browser.newPage(stack);
                await openMap(page, stack, 'greta', `#device=${owner}/twin`);
                await page.getByRole('button', { name: 'Ask for position', exact: true }).click();
                await page.locator('.toast-text', { hasText: 'is asked' }).waitFor();
                assert.deepEqual(asked().at(-1), [`owntracks/${owner}/twin/cmd`, 'reportLocation']);
            }
            await page.goto(`${stack.base}/geofences/`);
            await page.locator('#phone-sync .row', { hasText: 'twin' }).getByRole('button', { name: 'Read places' }).click();
            await until('its places are asked for', () => asked().at(-1).join(' ') === 'owntracks/greta/twin/cmd waypoints');

            await page.goto(`${stack.base}/profile/`);
            const row = page.locator('#devices .row', { hasText: 'twin' });
            await row.locator('summary', { hasText: 'Encryption' }).click();
            await row.getByText('No key is set.').waitFor();
            await row.getByRole('button', { name: 'Make one' }).click();
            await row.getByRole('button', { name: 'Save' }).click();
            await row.getByText('A key is set.').waitFor();
            assert.deepEqual(twins('k.device_id is not null'), [['greta', 1], ['hugo', 0]]);
            await row.getByRole('button', { name: 'Remove', exact: true }).click();
            await row.getByText('No key is set.').waitFor();
            await row.locator('summary', { hasText: 'Name and colour' }).click();
            await row.getByLabel('Name on the map').fill('Mine');
            await row.locator('[data-settings-of]').getByRole('button', { name: 'Save' }).click();
            await page.locator('.toast-text', { hasText: 'Saved. Maps' }).waitFor();
            assert.deepEqual(twins("d.name = 'Mine'"), [['greta', 1], ['hugo', 0]]);
            await row.getByRole('button', { name: 'Remove the device' }).click();
            await page.click('#ask-ok');
            await page.locator('.toast-text', { hasText: 'was removed.' }).waitFor();
            assert.deepEqual(twins('1'), [['hugo', 1]]);
        },
    },
];
