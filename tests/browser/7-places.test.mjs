// Places: made, moved and removed on the map, their e-mail rules, and what the profile shows of them.
import assert from 'node:assert/strict';
import { openMap, signIn, until } from './browser.mjs';
import { lookAt, sizes } from './look.mjs';
import { connect } from './mqtt.mjs';

export const users = { clara: false, olga: true };

const form = (page, type) => page.locator('form', { has: page.locator(`input[name=form_type][value=${type}]`) });

async function openPlaces(browser, stack, options) {
    const page = await browser.newPage(stack, options);
    await signIn(page, stack, 'clara', '/geofences/');
    await page.waitForSelector('#place-map canvas');
    await until('tiles', () => page.seen.tiles > 0);
    return page;
}

/** A change is done, and the page says so. */
const told = (page) => page.waitForSelector('.toast');

async function addPlace(page, label, latitude, longitude, radius) {
    await page.fill('#new-place [name=label]', label);
    await page.fill('#new-place [name=latitude]', String(latitude));
    await page.fill('#new-place [name=longitude]', String(longitude));
    await page.fill('#new-place [name=radius]', String(radius));
    await page.click('#new-place button[type=submit]');
    await told(page);
}

export const tests = [
    {
        name: 'without a map it is said so, and a place is made all the same',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, { allow: [/maplibre|ERR_FAILED/] });
            await page.route(/\/static\/maplibre\..*js$/, (route) => route.abort());
            await signIn(page, stack, 'clara', '/geofences/');
            await page.getByText('The map could not be started.').waitFor();
            await addPlace(page, 'Unseen', 48.3, 16.5, 50);
            assert.deepEqual(stack.sql("select radius from my_tracks_waypoint where label = 'Unseen'"), [[50]]);
            stack.sql("delete from my_tracks_waypoint where label = 'Unseen'");
        },
    },
    {
        name: 'a click on the map says where a new place is; it is listed with its circle',
        async run({ stack, browser }) {
            const page = await openPlaces(browser, stack);
            await page.fill('#new-place [name=label]', 'Kahlenberg <i>');
            await page.click('#place-map', { position: { x: 200, y: 200 } });
            const latitude = Number(await page.inputValue('#new-place [name=latitude]'));
            assert.ok(Math.abs(latitude) <= 90 && latitude !== 0, String(latitude));
            const [map, pin] = [await page.locator('#place-map').boundingBox(), await page.locator('.place-pin').boundingBox()];
            assert.ok(Math.abs(pin.x + pin.width / 2 - map.x - 200) < 3 && Math.abs(pin.y + pin.height - map.y - 200) < 3, 'the tip of the pin is there');
            await page.mouse.move(pin.x + pin.width / 2, pin.y + pin.height / 2);
            await page.mouse.down();
            await page.mouse.move(pin.x + pin.width / 2, pin.y + pin.height / 2 - 60, { steps: 5 });
            await page.mouse.up();
            await until('dragged to the north', async () => Number(await page.inputValue('#new-place [name=latitude]')) > latitude);
            await page.fill('#new-place [name=radius]', '250');
            await page.click('#new-place button[type=submit]');
            await told(page);
            assert.deepEqual(await page.locator('.place-name').allTextContents(), ['Kahlenberg <i>']);
            const [[radius]] = stack.sql("select radius from my_tracks_waypoint where label = 'Kahlenberg <i>'");
            assert.equal(radius, 250);
        },
    },
    {
        name: 'a place is opened, moved by a click and renamed',
        async run({ stack, browser }) {
            const page = await openPlaces(browser, stack);
            await page.click('.place > summary');
            const edit = form(page, 'edit_waypoint').first();
            const before = await edit.locator('[name=latitude]').inputValue();
            await page.waitForSelector('.place-pin');
            await page.click('#place-map', { position: { x: 120, y: 150 } });
            await until('moved', async () => (await edit.locator('[name=latitude]').inputValue()) !== before);
            await edit.locator('[name=label]').fill('Hill');
            await edit.locator('button[type=submit]').click();
            await told(page);
            assert.deepEqual(await page.locator('.place-name').allTextContents(), ['Hill']);
        },
    },
    {
        name: 'wrong numbers are told and nothing is lost',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, { allow: [/400/] });
            await signIn(page, stack, 'clara', '/geofences/');
            await page.fill('#new-place [name=label]', 'Nowhere');
            await page.fill('#new-place [name=latitude]', '91');
            await page.fill('#new-place [name=longitude]', '16');
            await page.click('#new-place button[type=submit]');
            await page.waitForSelector('.message.bad');
            assert.deepEqual(stack.sql("select count(*) from my_tracks_waypoint where label = 'Nowhere'"), [[0]]);
        },
    },
    {
        name: 'a rule is added, its test says what is missing, and it is deleted',
        async run({ stack, browser }) {
            const page = await openPlaces(browser, stack);
            const add = form(page, 'add_action');
            await add.locator('[name=email_address]').fill('clara@example.org');
            await add.locator('button[type=submit]').click();
            await page.waitForSelector('.rule');
            assert.match(await page.textContent('.rule'), /clara@example\.org/);
            await page.click('.test-form button');
            await page.locator('.toast', { hasText: /Mail is not set up/ }).waitFor();
            await form(page, 'delete_action').locator('button').click();
            await page.waitForSelector('.rule', { state: 'detached' });
        },
    },
    {
        name: 'the profile lists the places; deleting one asks first',
        async run({ stack, browser }) {
            const page = await openPlaces(browser, stack);
            await page.goto(`${stack.base}/profile/`);
            assert.match(await page.textContent('#geofences'), /Hill/);
            await page.goto(`${stack.base}/geofences/`);
            await page.click('.place > summary');
            assert.equal(await form(page, 'delete_waypoint').locator('button').isVisible(), false);
            await page.click('.place .confirm > summary');
            await form(page, 'delete_waypoint').locator('button').click();
            await told(page);
            assert.equal(await page.locator('.place').count(), 0);
        },
    },
    {
        name: 'places go to a phone and come from it; the page tells how far that is',
        async run({ stack, browser }) {
            await stack.post('clara', 'pixel', { lat: 48.2, lon: 16.37 });
            const page = await openPlaces(browser, stack);
            if (await page.locator('.place').count() === 0) {
                await addPlace(page, 'Office', 48.2082, 16.3738, 150);
            }
            const row = page.locator('#phone-sync li', { hasText: 'pixel' });
            await row.getByRole('button', { name: 'Send places' }).click();
            await row.locator('[role=status]', { hasText: 'until the phone is there' }).waitFor();
            const phone = await connect(stack, 'clara', 'clara-pixel');
            const got = [];
            await phone.listen('owntracks/clara/pixel/cmd', (message) => {
                got.push(message);
                if (message.action === 'waypoints') {
                    const told = [{ _type: 'waypoint', desc: 'From the phone', lat: 48.3, lon: 16.4, rad: 90, tst: 1_772_800_000 }];
                    void phone.publish('owntracks/clara/pixel/waypoints', JSON.stringify({ _type: 'waypoints', waypoints: told }));
                }
            });
            await row.locator('[role=status]', { hasText: /^sent/ }).waitFor();
            assert.deepEqual(got[0].waypoints.waypoints.map(({ desc }) => desc).slice(0, 1), ['Office']);
            await row.getByRole('button', { name: 'Read places' }).click();
            await page.locator('.place', { hasText: 'From the phone' }).waitFor();
            await page.locator('#phone-sync li', { hasText: /read / }).waitFor();
            phone.close();
            stack.sql("delete from my_tracks_waypoint where label = 'From the phone'");
        },
    },
    {
        name: 'a place that a phone makes appears without a reload: on the map, and in the list unless something is being typed',
        async run({ stack, browser }) {
            await stack.post('olga', 'tablet', { lat: 48.2, lon: 16.4 });
            const phone = await connect(stack, 'olga', 'olga-tablet');
            const make = (desc, tst) => phone.publish('owntracks/olga/tablet/waypoints', JSON.stringify({
                _type: 'waypoints', waypoints: [{ _type: 'waypoint', desc, lat: 48.2, lon: 16.4 + (tst % 10) / 1000, rad: 90, tst }],
            }));
            const map = await browser.newPage(stack);
            await openMap(map, stack, 'olga', '#map=14/48.2/16.4');
            await map.waitForSelector('#new-fence:visible');
            const list = await browser.newPage(stack);
            let frames = 0;
            list.on('websocket', (socket) => socket.on('framereceived', () => frames++));
            await signIn(list, stack, 'olga', '/geofences/');
            await until('welcome', () => frames === 1);
            await make('Made <i>there</i>', 1_772_900_001);
            await map.waitForSelector('.fence-label:text-is("Made <i>there</i>")');
            await list.locator('.place', { hasText: 'Made <i>there</i>' }).waitFor();
            await until('the news, and welcome again', () => frames === 3);
            await list.fill('#new-place [name=label]', 'half typed');
            await make('Second', 1_772_900_002);
            await list.locator('.toast', { hasText: 'told its places' }).waitFor();
            assert.equal(await list.inputValue('#new-place [name=label]'), 'half typed');
            await phone.close();
        },
    },
    {
        name: 'who thinks in feet sees what a radius in metres is in those',
        async run({ stack, browser }) {
            const page = await openPlaces(browser, stack, { locale: 'en-US' });
            const field = page.locator('#new-place .field', { has: page.locator('[name=radius]') });
            assert.match(await field.textContent(), /= 328\sft/);
            await page.fill('#new-place [name=radius]', '8000');
            assert.match(await field.textContent(), /= 5(\.0)?\smi/);
            await addPlace(page, 'Wide', 48.3, 16.5, 150);
            assert.match(await page.locator('.place summary', { hasText: 'Wide' }).textContent(), /492\sft/);
            await page.goto(`${stack.base}/profile/`);
            assert.match(await page.locator('#geofences .row', { hasText: 'Wide' }).textContent(), /492\sft/);
            assert.match(await page.textContent('.times-zone'), /^Times: Central European Time$/);
            stack.sql("delete from my_tracks_waypoint where label = 'Wide'");
        },
    },
    ...sizes.map(({ size, ...options }) => ({
        name: `whose map it is and what is wrong with it can be read, ${size}`,
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, { tiles: 'fail', allow: [/ERR_FAILED/], ...options });
            await signIn(page, stack, 'clara', '/geofences/');
            await page.waitForSelector('#place-map canvas');
            const foot = page.locator('.map-foot');
            await foot.getByText('background').waitFor();
            const [inner, outer] = [await foot.boundingBox(), await page.locator('.place-map').boundingBox()];
            assert.ok(inner.y >= outer.y && inner.y + inner.height <= outer.y + outer.height, JSON.stringify([inner, outer]));
            assert.ok(inner.x >= outer.x && inner.x + inner.width <= outer.x + outer.width, JSON.stringify([inner, outer]));
            await foot.getByRole('link', { name: 'OpenStreetMap' }).click({ trial: true });
        },
    })),
    ...sizes.map(({ size, ...options }) => ({
        name: `places, ${size}: contrast, names, nothing sideways, picture`,
        async run({ stack, browser }) {
            await stack.post('clara', 'pixel', { lat: 48.2, lon: 16.37 });
            const page = await openPlaces(browser, stack, options);
            if (await page.locator('.place').count() === 0) {
                await addPlace(page, 'Office', 48.2082, 16.3738, 150);
                await addPlace(page, 'The climbing hall behind the railway station', 48.2152, 16.3838, 400);
            }
            await page.locator('.place-label', { hasText: 'Office' }).waitFor();
            await lookAt(page, browser, `places-${size}`);
        },
    })),
];
