// Geofences on the live map: drawn, changed by handles, removed and taken back, switched off.
import assert from 'node:assert/strict';
import { openMap, until } from './browser.mjs';
import { lookAt, looks } from './look.mjs';

export const users = { hanna: false };
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
    ...looks.map(({ suffix, ...look }) => ({
        name: `places on the map, ${suffix}: contrast, names, nothing sideways, picture`,
        async run({ stack, browser }) {
            const page = await open(browser, stack, look, ELSEWHERE);
            await page.locator('.fence-label', { hasText: 'Bench' }).click();
            await lookAt(page, browser, `fences-${suffix}`);
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
];
