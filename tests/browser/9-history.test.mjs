// The past of a device: a day's stays and moves, its track, the calendar, playing it back.
import assert from 'node:assert/strict';
import { atRest, dayAgo, drawn, noonAgo, openMap, pixels, until } from './browser.mjs';
import { lookAt, sizes } from './look.mjs';

export const users = { nora: false, otto: false };

const day = () => dayAgo(1);

/** Yesterday about noon: an hour at home, a way of half an hour, an hour at work. */
async function fill(stack) {
    if (stack.sql("select count(*) from my_tracks_device d join auth_user u on u.id = d.owner_id where u.username = 'nora'")[0][0] > 0) {
        return;
    }
    await stack.post('nora', 'phone', { lat: 48.21, lon: 16.36 });
    const at = noonAgo(1);
    const [[device]] = stack.sql("select d.id from my_tracks_device d join auth_user u on u.id = d.owner_id where u.username = 'nora'");
    const rows = [];
    for (let i = 0; i <= 150; i++) {
        const share = Math.min(1, Math.max(0, (i - 60) / 30));
        rows.push([48.2 + share * 0.03, 16.35 + share * 0.05 + (share > 0 && share < 1 ? 0.004 * Math.sin(i) : 0), at + i * 60, share > 0 && share < 1 ? 36 : 0]);
    }
    const values = rows.map(([lat, lon, t, vel]) => {
        const time = new Date(t * 1000).toISOString().slice(0, 19).replace('T', ' ');
        return `(${lat.toFixed(6)},${lon.toFixed(6)},'${time}',8,${vel},'','','${time}',${device},'http','','','','','')`;
    });
    stack.sql(`insert into my_tracks_location (latitude, longitude, timestamp, accuracy, velocity, connection_type, tracker_id, received_at,
        device_id, received_via, fix_source, owntracks_message_id, "trigger", wifi_bssid, wifi_ssid) values ${values.join(',')}`);
    stack.sql(`insert into my_tracks_waypoint (label, latitude, longitude, radius, rid, is_active, created_at, updated_at, user_id)
        select 'Home <b>', 48.2, 16.35, 150, 'nora-home', 1, '2026-01-01', '2026-01-01', id from auth_user where username = 'nora'`);
}

async function openHistory(page, stack) {
    await fill(stack);
    await openMap(page, stack, 'nora', `#device=nora/phone&day=${day()}`);
    await page.waitForSelector('.timeline .span');
}

const INACCURATE = 300; // metres

/** Of the map as its address tells, where Nora is. */
const metresPerPixel = (page) => 78271.5 * Math.cos(48.2 * Math.PI / 180) / 2 ** Number(/map=([\d.]+)/.exec(page.url())[1]);

export const tests = [
    {
        name: 'a day without positions in the address: the map looks at the device',
        async run({ stack, browser }) {
            await fill(stack);
            const page = await browser.newPage(stack);
            await openMap(page, stack, 'nora', '#device=nora/phone&day=2020-02-02');
            await page.waitForSelector('.history-summary:has-text("No positions")');
            await until('near the device', () => /map=15\.00\/48\.21/.test(page.url()));
        },
    },
    {
        name: 'the day is told as stays and moves, and the address holds it',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await openHistory(page, stack);
            await atRest(page);
            const spans = await page.locator('.span').allInnerTexts();
            assert.equal(spans.length, 3);
            assert.match(spans[0], /Home <b>[\s\S]*1 h/);
            assert.match(spans[1], /km on the way[\s\S]*average \d+\skm\/h · fastest 36\skm\/h/);
            assert.match(await page.textContent('.history-summary'), /km · 2 stays · 151 positions/);
            await until('two stays on the map', async () => (await page.locator('.stay-pin').count()) === 2);
            await page.reload();
            await page.waitForSelector('.timeline .span');
            await page.locator('.span-move').click();
            await page.locator('.span-stay').first().click();
        },
    },
    {
        name: 'from the device to its history, to another day, and back',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await fill(stack);
            await openMap(page, stack, 'nora');
            await page.waitForSelector('.device.selected');
            await page.getByRole('button', { name: 'History', exact: true }).click();
            await page.waitForSelector('.history');
            await page.getByRole('button', { name: 'The time before' }).click();
            await page.waitForSelector('.span-stay');
            assert.match(page.url(), new RegExp(`day=${day()}`));
            await page.getByRole('button', { name: 'The time before' }).click();
            await page.locator('.history-summary', { hasText: 'No positions' }).waitFor();
            await page.goBack();
            await page.waitForSelector('.span-stay');
            await page.keyboard.press('Escape');
            await page.waitForSelector('.device.selected');
            assert.equal(await page.locator('.stay-pin').count(), 0);
            assert.doesNotMatch(page.url(), /day=/);
        },
    },
    {
        name: 'the calendar shows days with data; keys go from day to day',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await openHistory(page, stack);
            await page.click('.history-date');
            await page.waitForSelector(`.calendar-day.has-data[data-day="${day()}"]`);
            await until('focus', () => page.evaluate((wanted) => document.activeElement?.dataset.day === wanted, day()));
            await page.keyboard.press('ArrowLeft');
            await until('the day before', () => page.evaluate((wanted) => (document.activeElement?.dataset.day ?? '') < wanted, day()));
            await page.keyboard.press('ArrowRight');
            await page.keyboard.press('Enter');
            await page.waitForSelector('.calendar', { state: 'hidden' });
            await page.waitForSelector('.span-stay');
        },
    },
    {
        name: 'where weeks begin with Sunday, those of the calendar do',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, { locale: 'en-US' });
            await openHistory(page, stack);
            await page.click('.history-date');
            assert.equal(await page.locator('.calendar-name').first().textContent(), 'Sun');
            const columns = await page.evaluate(() => [...document.querySelectorAll('.calendar-day')].map((button) =>
                [new Date(`${button.dataset.day}T12:00Z`).getUTCDay(), [...button.parentElement.children].indexOf(button) % 7]));
            assert.ok(columns.every(([weekday, column]) => weekday === column), JSON.stringify(columns));
        },
    },
    {
        name: 'Escape closes one thing: the place that is drawn, the menu, the calendar, then the history, then the device',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await openHistory(page, stack);
            await page.waitForSelector('#new-fence:visible');
            const left = async () => {
                await page.keyboard.press('Escape');
                const open = ['.calendar', '#menu', '#fence-card', '.history', '.device.selected'];
                const seen = await Promise.all(open.map((one) => page.locator(one).isVisible()));
                return open.filter((_, i) => seen[i]);
            };
            await page.click('.history-date');
            await page.click('#new-fence');
            await page.click('#menu-button');
            await page.click('.menu-user');
            await page.evaluate(() => document.activeElement.blur());
            assert.deepEqual(await left(), ['.calendar', '#fence-card', '.history']);
            await page.evaluate(() => document.activeElement.blur());
            assert.deepEqual(await left(), ['.calendar', '.history']);
            assert.deepEqual(await left(), ['.history']);
            assert.equal(await page.getAttribute('.history-date', 'aria-expanded'), 'false');
            assert.deepEqual(await left(), ['.device.selected']);
            assert.deepEqual(await left(), []);
        },
    },
    {
        name: 'by keys: into the history, to another day and back out, and the next Tab goes on from there',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await fill(stack);
            await openMap(page, stack, 'nora');
            const at = (what) => until(`the focus at ${what}`, () => page.evaluate((selector) => document.activeElement.matches(selector), what));
            await page.waitForSelector('.device.selected');
            await page.getByRole('button', { name: 'History', exact: true }).press('Enter');
            await at('.history-head h3');
            await page.keyboard.press('Tab');
            await page.keyboard.press('Tab');
            await at('.history-date');
            await page.keyboard.press('Enter');
            await at('.calendar-day');
            await page.keyboard.press('Escape');
            await at('.history-date');
            await page.keyboard.press('Enter');
            await at('.calendar-day');
            await page.keyboard.press('ArrowLeft');
            await page.keyboard.press('Enter');
            await at('.history-date');
            await page.keyboard.press('Tab');
            await page.keyboard.press('Enter');
            await at('.history-date'); // there is no later day: the button is off
            await page.keyboard.press('Escape');
            await at('.device-detail .button:has([href$="#calendar"])');
            await page.keyboard.press('h');
            await at('.history-head h3');
            await page.keyboard.press('Shift+Tab');
            await page.keyboard.press('Enter');
            await at('.device-detail .button:has([href$="#calendar"])');
            await page.goBack();
            await page.waitForSelector('.history');
            await page.reload();
            await page.waitForSelector('.history');
            assert.equal(await page.evaluate(() => document.activeElement === document.body), true, 'an address that is opened takes no focus');
        },
    },
    {
        name: 'it is played back',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await openHistory(page, stack);
            await page.getByRole('button', { name: 'Play' }).click();
            await page.waitForSelector('.play-pin');
            const first = await page.textContent('.history-moment');
            await until('time goes on', async () => (await page.textContent('.history-moment')) !== first);
            await page.getByRole('button', { name: 'Pause' }).click();
            await page.locator('.player input').fill('500');
            assert.match(await page.textContent('.history-moment'), /\d\d:\d\d/);
        },
    },
    {
        name: 'j and k go from position to position; the address holds the moment, a reload and the back button restore it',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await openHistory(page, stack);
            const moment = () => page.textContent('.history-moment');
            await page.locator('.player input').fill('400');
            await page.evaluate(() => document.activeElement.blur());
            const before = await moment();
            await page.keyboard.press('j');
            const there = await moment();
            assert.ok(there > before, `${there} after ${before}`);
            await page.keyboard.press('j');
            await page.keyboard.press('k');
            assert.equal(await moment(), there);
            const shown = noonAgo(1) + 9 * Number(await page.inputValue('.player input')); // 9000 s on a slider of 1000
            await until('the address has it', () => Math.abs(Number(/at=(\d{10})/.exec(page.url())?.[1]) - shown) < 9);
            await page.reload();
            await until('the moment', async () => await moment() === there);
            await page.waitForSelector('.play-pin');
            await page.keyboard.press('[');
            await page.locator('.history-summary', { hasText: 'No positions' }).waitFor();
            assert.doesNotMatch(page.url(), /at=/);
            await page.goBack();
            await until('the moment again', async () => await moment() === there);
        },
    },
    {
        name: 'what is less accurate than the limit is marked among the positions, and no track goes there',
        async run({ stack, browser }) {
            await fill(stack);
            const limit = (on) => stack.sql('insert or replace into my_tracks_locationqualitysettings (id, filter_accuracy_enabled, minimum_accuracy_meters) values (1, ?, 100)', [on]);
            limit(1);
            stack.sql(`update my_tracks_location set accuracy = ${INACCURATE} where id in (select l.id from my_tracks_location l join my_tracks_device d on d.id = l.device_id
                join auth_user u on u.id = d.owner_id where u.username = 'nora' and l.timestamp = ?)`,
            [new Date((noonAgo(1) + 180) * 1000).toISOString().slice(0, 19).replace('T', ' ')]);
            const page = await browser.newPage(stack);
            await openHistory(page, stack);
            await page.getByText('All positions').click();
            const marked = page.locator('.raw', { hasText: 'less accurate than 100' });
            await marked.waitFor();
            assert.equal(await marked.count(), 1);
            assert.equal(await marked.locator('.raw-inaccurate .icon').count(), 1);
            assert.match(await page.textContent('.history-summary'), /150 positions/);
            const before = page.locator('.raw-all li:has(.raw-inaccurate) + li .raw'); // at the same place, accurate
            await drawn(page, () => before.click());
            const { x, y, width, height } = await page.locator('.stay-pin').first().boundingBox();
            const radius = INACCURATE / metresPerPixel(page);
            const edge = { x: Math.round(x + width / 2 - radius) - 20, y: Math.round(y + height / 2), width: 40, height: 1 };
            const plain = await pixels(page, edge);
            await drawn(page, () => marked.click());
            const circled = await pixels(page, edge);
            const changed = Array.from({ length: edge.width }, (_, i) => [0, 1, 2].some((c) => plain[4 * i + c] !== circled[4 * i + c]));
            assert.ok(Math.abs(changed.indexOf(true) - 20) <= 3, `the circle begins there: ${changed}`);
            assert.ok(changed.slice(changed.indexOf(true)).every((one) => one), `and goes on: ${changed}`);
            await browser.picture(page, 'history-inaccurate');
            await drawn(page, () => before.click());
            assert.deepEqual(await pixels(page, edge), plain, 'an accurate one has none as large');
            stack.sql('update my_tracks_location set accuracy = 8 where accuracy = ?', [INACCURATE]);
            limit(0);
        },
    },
    {
        name: 'it is played faster, and the map goes along until it is dragged elsewhere',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await openHistory(page, stack);
            await atRest(page);
            const speed = page.getByRole('button', { name: 'Speed' });
            for (const text of ['Speed 2×', 'Speed 4×', 'Speed 1×', 'Speed 2×', 'Speed 4×']) {
                await speed.click();
                assert.equal(await speed.textContent(), text);
            }
            const inSight = async () => {
                const [pin, dock] = [await page.locator('.play-pin').boundingBox(), await page.locator('.dock').boundingBox()];
                const { width, height } = page.viewportSize();
                return pin.x + pin.width / 2 > dock.x + dock.width && pin.x < width && pin.y > 0 && pin.y < height;
            };
            await page.locator('.span-stay').first().click(); // near, where the way leads out of sight
            await atRest(page);
            const slider = page.locator('.player input');
            await slider.fill('380'); // before it leads away
            await page.getByRole('button', { name: 'Play' }).click();
            await page.waitForSelector('.play-pin');
            const step = await page.evaluate(() => new Promise((resolve) => {
                const values = [];
                new MutationObserver(() => values.push(Number(document.querySelector('.player input').value)) === 2 && resolve(values[1] - values[0]))
                    .observe(document.querySelector('.history-moment'), { childList: true, characterData: true, subtree: true });
            }));
            assert.ok(Math.abs(step - 4 * 1000 / 60) < 2, `${step} of 1000 in half a second`);
            await until('the end of the way, with the marker in sight all the time', async () => {
                assert.ok(await inSight().catch(() => true));
                return Number(await slider.inputValue()) > 620;
            }, 30_000);
            await slider.fill('980');
            await page.getByRole('button', { name: 'Play' }).waitFor(); // it has come to the end
            await speed.click();
            await slider.fill('10'); // at home, from where it leads north-east
            await until('in sight again', inSight);
            await page.getByRole('button', { name: 'Play' }).click();
            await page.mouse.move(700, 850);
            await page.mouse.down();
            await page.mouse.move(1300, 100, { steps: 5 });
            await page.mouse.up();
            await until('out of sight', async () => !await inSight());
            const moment = await page.textContent('.history-moment');
            await until('time goes on', async () => (await page.textContent('.history-moment')) !== moment);
            assert.equal(await inSight(), false);
            await page.getByRole('button', { name: 'Pause' }).click();
        },
    },
    {
        name: 'a graph of speed goes along, and a click in it goes there; where there was no altitude there is no line for it',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await openHistory(page, stack);
            await page.waitForSelector('.graph canvas');
            const drawn = () => page.locator('.graph canvas').evaluate((canvas) => {
                const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
                const colours = Array.from({ length: data.length / 4 }, (_, i) => data.slice(4 * i, 4 * i + 4)).filter(([, , , alpha]) => alpha > 0);
                const most = (of) => Math.max(...colours.map(of));
                return { blue: most(([r, , b]) => b - r), orange: most(([r, , b]) => r - b), bright: most(([r]) => r) };
            });
            await until('the line of the speed', async () => (await drawn()).blue > 100);
            assert.ok((await drawn()).orange < 40, 'none of the altitude');
            const box = await page.locator('.graph .u-over').boundingBox();
            await page.mouse.click(box.x + box.width / 2, box.y + 20);
            await page.waitForSelector('.play-pin');
            const value = Number(await page.inputValue('.player input'));
            assert.ok(value > 450 && value < 550, String(value));
            await page.emulateMedia({ colorScheme: 'dark' });
            await until('drawn anew', async () => (await drawn()).bright > 150);
        },
    },
    {
        name: 'a part of a day, presets and steps; the address holds them',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await openHistory(page, stack);
            await page.click('.history-date');
            const noon = new Date(noonAgo(1) * 1000).toLocaleTimeString('sv', { timeZone: 'Europe/Vienna' }).slice(0, 2);
            await page.getByLabel('From', { exact: true }).fill(`${day()}T${noon}:00`);
            await page.getByLabel('To', { exact: true }).fill(`${day()}T${noon}:29`);
            await page.getByRole('button', { name: 'Show', exact: true }).click();
            await page.locator('.history-summary', { hasText: '30 positions' }).waitFor();
            assert.match(page.url(), new RegExp(`day=${day()}T${noon}:00\\.\\.${day()}T${noon}:29`));
            await page.reload();
            await page.locator('.history-summary', { hasText: '30 positions' }).waitFor();
            await page.keyboard.press('[');
            await page.locator('.history-summary', { hasText: 'No positions' }).waitFor();
            await page.keyboard.press(']');
            await page.locator('.history-summary', { hasText: '30 positions' }).waitFor();
            await page.getByRole('button', { name: '7 days' }).click();
            await page.locator('.history-summary', { hasText: /15[12] positions/ }).waitFor();
            assert.equal(await page.getByRole('button', { name: '7 days' }).getAttribute('aria-pressed'), 'true');
            assert.ok(await page.locator('.timeline-day').count() >= 1);
            assert.match(await page.textContent('.history-moment'), /^\d+ \w+, \d\d:\d\d/, 'of several days a moment has its day');
            assert.ok(await page.getByRole('button', { name: 'The time after' }).isDisabled());
            await page.click('.history-date');
            await page.getByLabel('To', { exact: true }).fill('2001-01-01T00:00');
            await page.getByRole('button', { name: 'Show', exact: true }).click();
            await page.locator('.period-form [role=alert]', { hasText: 'before it ends' }).waitFor();
        },
    },
    {
        name: 'the positions of a stay, one by one, and all of them as a file',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await openHistory(page, stack);
            const stay = page.locator('.timeline li', { has: page.locator('.span-stay') }).first();
            await stay.getByRole('button', { name: 'Show the positions' }).click();
            await stay.locator('.raw').first().waitFor();
            assert.match(await stay.locator('.raw').first().innerText(), /\d\d:00:00[\s\S]*±8\sm[\s\S]*HTTP/);
            const before = page.url();
            await stay.locator('.raw').nth(2).click();
            await until('the map looks there', async () => page.url() !== before);
            await stay.getByRole('button', { name: 'Show the positions' }).click();
            assert.equal(await stay.locator('.raw').count(), 0);
            await page.locator('.raw-all summary').click();
            await page.locator('.raw-all .raw').nth(99).waitFor();
            await page.locator('.raw-all').getByRole('button', { name: 'More' }).click();
            await until('all', async () => await page.locator('.raw-all .raw').count() === 151);
            const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'GPX' }).click()]);
            assert.match(file.suggestedFilename(), /^phone_.*\.gpx$/);
        },
    },
    {
        name: 'a pin lights up its entry, an entry its part of the track',
        async run({ stack, browser }) {
            const page = await browser.newPage(stack);
            await openHistory(page, stack);
            await atRest(page);
            await page.locator('.stay-pin').last().hover(); // the other one is under the name of its place
            await page.waitForSelector('.timeline .lit .span-stay');
            await page.locator('.span-move').hover();
            await page.waitForSelector('.timeline .lit .span-move');
            assert.equal(await page.locator('.timeline .lit').count(), 1);
        },
    },
    {
        name: 'positions of a day are removed for good, after a question; those of others cannot be',
        async run({ stack, browser }) {
            await fill(stack);
            stack.sql("insert into my_tracks_deviceshare (created_at, device_id, shared_with_id) select datetime('now'), d.id, u.id"
                + " from my_tracks_device d join auth_user o on o.id = d.owner_id, auth_user u where o.username = 'nora' and u.username = 'otto'");
            for (const [i, time] of [noonAgo(1), noonAgo(1) + 60, noonAgo(1) + 7 * 86400].entries()) {
                await stack.post('otto', 'old', { lat: 48.2 + i / 1000, lon: 16.4, tst: Math.min(time, Math.floor(Date.now() / 1000)) });
            }
            const rows = () => stack.sql("select count(*) from my_tracks_location l join my_tracks_device d on d.id = l.device_id where d.device_id = 'old'")[0][0];
            const page = await browser.newPage(stack);
            await openMap(page, stack, 'otto', `#device=otto/old&day=${day()}`);
            await page.getByRole('button', { name: 'Remove…' }).click();
            await page.locator('.window').getByRole('button', { name: 'Close' }).click();
            assert.equal(rows(), 3);
            await page.getByRole('button', { name: 'Remove…' }).click();
            assert.match(await page.textContent('.window'), /All positions of old from .* are gone for good/);
            await page.getByRole('button', { name: 'Remove', exact: true }).click();
            await page.locator('.toast', { hasText: '2 positions are removed.' }).waitFor();
            assert.equal(rows(), 1);
            await page.waitForSelector('.history-summary:has-text("No positions")');
            await openMap(page, stack, 'otto', `#device=nora/phone&day=${day()}`);
            await page.getByRole('link', { name: 'GPX' }).waitFor();
            assert.equal(await page.getByRole('button', { name: 'Remove…' }).count(), 0);
        },
    },
    ...sizes.map(({ size, ...options }) => ({
        name: `history, ${size}: contrast, names, nothing sideways, picture`,
        async run({ stack, browser }) {
            const page = await browser.newPage(stack, options);
            await openHistory(page, stack);
            await page.waitForSelector('.graph canvas');
            await page.waitForSelector('.fence-label:visible');
            await lookAt(page, browser, `history-${size}`);
            await page.click('.history-date');
            await page.waitForSelector('.calendar-day.has-data');
            await lookAt(page, browser, `history-calendar-${size}`);
        },
    })),
];
