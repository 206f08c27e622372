// Geofences on the live map: drawn, changed by handles, removed and taken back, switched off; and what happened there.
import assert from 'node:assert/strict';
import { atRest, dayAgo, noonAgo, openMap, until } from './browser.mjs';
import { lookAt, sizes } from './look.mjs';

export const users = { hanna: false, iris: false };
const AT = '#map=14/48.2/16.4';
const ELSEWHERE = '#map=14/48.3/16.5';

async function open(browser, stack, options = {}, at = AT) {
    const page = await browser.newPage(stack, options);
    await openMap(page, stack, 'hanna', at);
    await page.waitForSelector('#new-fence:visible');
    return page;
}

const places = (stack) => stack.sql('select label, latitude, longitude, radius from my_tracks_waypoint w join auth_user u on u.id = w.user_id'
    + " where u.username = 'hanna' order by label");

const noon = () => noonAgo(1);
const day = () => dayAgo(1);

function happened(stack, event, at, desc, lat = null, lon = null) {
    const time = new Date(at * 1000).toISOString().slice(0, 19).replace('T', ' ');
    stack.sql(`insert into my_tracks_transition (device_id, event, region_id, description, timestamp, latitude, longitude, received_at)
        select d.id, ?, '', ?, ?, ?, ?, ? from my_tracks_device d join auth_user u on u.id = d.owner_id where u.username = 'iris'`,
    [event, desc, time, lat, lon, time]);
}

/** Yesterday: home is left, the shop is entered, an hour there, and something is left of which nothing is known. */
async function openDay(page, stack) {
    if (stack.sql("select count(*) from my_tracks_device d join auth_user u on u.id = d.owner_id where u.username = 'iris'")[0][0] === 0) {
        for (let i = 0; i <= 60; i++) {
            const share = Math.min(1, i / 20);
            await stack.post('iris', 'phone', { lat: 48.2 + share * 0.02, lon: 16.35 + share * 0.03, tst: noon() + i * 120 });
        }
        happened(stack, 'leave', noon() - 60, 'Home <b>', 48.2, 16.35);
        happened(stack, 'enter', noon() + 2400, 'Shop', 48.22, 16.38);
        happened(stack, 'leave', noon() + 9000, '');
        stack.sql(`insert into my_tracks_waypoint (label, latitude, longitude, radius, rid, is_active, created_at, updated_at, user_id)
            select 'Shop', 48.22, 16.38, 200, 'iris-shop', 1, '2026-01-01', '2026-01-01', id from auth_user where username = 'iris'`);
    }
    await openMap(page, stack, 'iris', `#device=iris/phone&day=${day()}`);
    await page.waitForSelector('.span-event');
}

export const tests = [
    {
        name: 'a place is drawn by dragging, and kept',
        async run({ stack, browser }) {
            const page = await open(browser, stack);
            await page.click('#new-fence');
            await page.waitForSelector('#fence-hint:visible');
            await page.mouse.move(900, 450);
            await page.mouse.down();
            await page.mouse.move(960, 450, { steps: 4 });
            await page.mouse.up();
            const radius = Number(await page.inputValue('#fence-radius'));
            assert.ok(radius > 100 && radius < 1000, `${radius} m for 60 pixels`);
            await page.fill('#fence-label', 'Garden <i>1</i>');
            await page.click('#fence-card button[type=submit]');
            await page.waitForSelector('.fence-label:has-text("Garden <i>1</i>")');
            const [[label, lat, lon, metres]] = places(stack);
            assert.equal(label, 'Garden <i>1</i>');
            assert.equal(metres, radius);
            assert.ok(Math.abs(lat - 48.2) < 0.02 && Math.abs(lon - 16.4) < 0.05, `${lat} ${lon}`);
            assert.ok(await page.locator('#fence-card').isHidden());
            await page.mouse.move(900, 600);
            await page.mouse.down();
            await page.mouse.move(700, 600, { steps: 4 });
            await page.mouse.up();
            await until('the map can be dragged again', () => !page.url().includes('/16.4000'));
        },
    },
    {
        name: 'it is moved and resized by its handles; a field says what is wrong; Escape leaves it',
        async run({ stack, browser }) {
            const page = await open(browser, stack, { allow: [/400/] });
            const [[, lat, lon, radius]] = places(stack);
            await page.click('.fence-label');
            const box = await page.locator('.fence-handle.edge').boundingBox();
            await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
            await page.mouse.down();
            await page.mouse.move(box.x + 60, box.y + box.height / 2, { steps: 4 });
            await page.mouse.up();
            await until('larger', async () => Number(await page.inputValue('#fence-radius')) > radius);
            const middle = await page.locator('.fence-handle.middle').boundingBox();
            await page.mouse.move(middle.x + 10, middle.y + 10);
            await page.mouse.down();
            await page.mouse.move(middle.x + 10, middle.y + 80, { steps: 4 });
            await page.mouse.up();
            await page.fill('#fence-label', '   ');
            await page.click('#fence-card button[type=submit]');
            await page.waitForSelector('#fence-error:has-text("label must be")');
            await page.fill('#fence-label', 'Garden');
            await page.click('#fence-card button[type=submit]');
            await page.waitForSelector('.fence-label:text-is("Garden")');
            const [[, lat2, lon2, radius2]] = places(stack);
            assert.ok(lat2 < lat && Math.abs(lon2 - lon) < 0.001 && radius2 > radius);
            await page.click('.fence-label');
            await page.fill('#fence-radius', '5000');
            await page.keyboard.press('Escape');
            assert.ok(await page.locator('#fence-card').isHidden());
            assert.equal(places(stack)[0][3], radius2);
        },
    },
    {
        name: 'by keys alone',
        async run({ stack, browser }) {
            const page = await open(browser, stack, {}, ELSEWHERE);
            await page.focus('#new-fence');
            await page.keyboard.press('Enter');
            await page.waitForSelector('#fence-here:focus');
            await page.keyboard.press('Enter');
            await page.waitForSelector('#fence-label:focus');
            await page.keyboard.type('Bench');
            await page.keyboard.press('Tab');
            await page.keyboard.press('Control+a');
            await page.keyboard.type('250');
            await page.keyboard.press('Enter');
            await page.waitForSelector('.fence-label:text-is("Bench")');
            assert.deepEqual(places(stack)[0], ['Bench', 48.3, 16.5, 250]);
        },
    },
    ...sizes.map(({ size, ...look }) => ({
        name: `places on the map, ${size}: contrast, names, nothing sideways, picture`,
        async run({ stack, browser }) {
            const page = await open(browser, stack, look, ELSEWHERE);
            await page.locator('.fence-label', { hasText: 'Bench' }).click();
            await lookAt(page, browser, `fences-${size}`);
        },
    })),
    {
        name: 'removal can be taken back; a switch hides all, also after a reload',
        async run({ stack, browser }) {
            const page = await open(browser, stack, {}, ELSEWHERE);
            const remove = async () => {
                await page.locator('.fence-label', { hasText: 'Bench' }).click();
                await page.click('#fence-remove');
                await page.waitForSelector('.toast:has-text("Bench is removed.")');
                assert.equal(await page.locator('.fence-label', { hasText: 'Bench' }).count(), 0);
            };
            await remove();
            await page.click('.toast button:has-text("Undo")');
            await page.waitForSelector('.fence-label:text-is("Bench")');
            assert.equal(places(stack).length, 2);
            await page.click('#show-fences');
            assert.equal(await page.locator('.fence-label').count(), 0);
            await page.reload();
            await page.waitForSelector('#show-fences[aria-pressed=false]');
            await page.click('#show-fences');
            await page.waitForSelector('.fence-label:text-is("Bench")');
            await remove();
            await until('it is gone in the end', () => places(stack).length === 1, 15_000);
        },
    },
    {
        name: 'the day tells what was entered and left; the map shows where, and the page of places leads to the map',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await openDay(page, stack);
            const entries = await page.locator('.timeline li').allInnerTexts();
            const events = entries.map((text, i) => [i, text]).filter(([, text]) => /^(Entered|Left)/.test(text));
            assert.deepEqual(events.map(([, text]) => text.split('\n')[0]), ['Left Home <b>', 'Entered Shop', 'Left a place']);
            assert.equal(events[0][0], 0);
            assert.equal(events[2][0], entries.length - 1);
            assert.match(entries[events[1][0] + 1], /^Shop/, 'it is entered before the stay there');
            assert.match(events[1][1], /\d\d:\d\d/);
            await until('two pins', async () => (await page.locator('.event-pin').count()) === 2);
            const pin = page.locator('.event-pin.event-enter');
            assert.match(await pin.getAttribute('aria-label'), /^Entered Shop, \d\d:\d\d/);
            await pin.focus();
            await page.waitForSelector('.event-tip:visible:has-text("Entered Shop")');
            await page.getByRole('button', { name: 'Left Home <b>' }).and(page.locator('.span')).click();
            await page.keyboard.press('Escape');
            await until('none of another day', async () => (await page.locator('.event-pin').count()) === 0);
            await page.goto(`${stack.base}/geofences/`);
            await page.locator('.place summary', { hasText: 'Shop' }).click();
            await page.getByRole('link', { name: 'Show on the map' }).click();
            await page.waitForSelector('.fence-label:text-is("Shop"):visible');
            assert.match(page.url(), /#.*map=15\.00\/48\.22\d*\/16\.38/);
        },
    },
    ...sizes.map(({ size, ...look }) => ({
        name: `what happened at places, ${size}: contrast, names, nothing sideways, picture`,
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, look);
            await openDay(page, stack);
            await until('pins', async () => (await page.locator('.event-pin').count()) === 2);
            await atRest(page);
            await page.locator('.event-pin.event-enter').focus();
            const tip = await page.locator('.event-tip:visible').boundingBox();
            assert.ok(tip.x >= 0 && tip.x + tip.width <= page.viewportSize().width, 'the tip is not cut off');
            await lookAt(page, browser, `fence-events-${size}`);
        },
    })),
    {
        name: "today's events of the chosen device come by themselves",
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await openDay(page, stack);
            const now = Math.floor(Date.now() / 1000);
            happened(stack, 'enter', now, 'Gym', 48.21, 16.36);
            await openMap(page, stack, 'iris', '#device=iris/phone');
            await page.waitForSelector('.event-pin[aria-label^="Entered Gym"]');
            assert.equal(await page.locator('.event-pin').count(), 1, 'those of yesterday are of yesterday');
            happened(stack, 'leave', now + 1, 'Gym', 48.212, 16.362);
            await stack.post('iris', 'phone', { lat: 48.212, lon: 16.362, t: 'c' });
            await page.waitForSelector('.event-pin[aria-label^="Left Gym"]');
            await page.click('.device-detail [aria-label=Close]');
            await until('of no device, nothing', async () => (await page.locator('.event-pin').count()) === 0);
        },
    },
];
