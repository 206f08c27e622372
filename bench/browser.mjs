// bench/browser.mjs: what a reader of the map waits for, in a real browser against the whole stack, with many positions.
// Printed as a table, like the rest of `make bench`; nothing here passes or fails. The map is drawn by software here.
import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AFTERNOON, atRest, dayAgo, noonAgo, signIn, startBrowser } from '../tests/browser/browser.mjs';
import { startStack } from '../tests/browser/stack.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
process.env.B ??= join(root, 'build');
process.env.CHROMIUM ??= '/usr/bin/chromium-headless-shell';
const USER = 'bench';
const DAY = 86400;
const ROUNDS = 3;
const MOVES = 30; // of the mouse that drags the map
const SMALL = { width: 480, height: 240 }; // few pixels: what moving costs apart from them, which a graphics processor would draw

/** count positions of a device, from then on, a step apart: a walk with stops. */
function fill(stack, device, count, from, step) {
    stack.sql("insert into my_tracks_device (device_id, name, created_at, last_seen, is_online, mqtt_user, owner_id)"
        + " select ?, ?, datetime('now'), datetime('now'), 1, 'bench', id from auth_user where username = 'bench'", [device, device]);
    stack.sql(`with recursive n(i) as (select 0 union all select i + 1 from n where i < ? - 1)
        insert into my_tracks_location (latitude, longitude, timestamp, accuracy, velocity, altitude, connection_type, tracker_id, received_at,
        device_id, received_via, fix_source, owntracks_message_id, "trigger", wifi_bssid, wifi_ssid)
        select round(48.2 + 0.06 * sin(i / 9000.0) + 0.002 * sin(i / 71.0) * (i / 4000 % 3 > 0), 6),
        round(16.35 + 0.09 * cos(i / 7000.0) + 0.003 * cos(i / 53.0) * (i / 4000 % 3 > 0), 6),
        datetime(? + i * ?, 'unixepoch'), 8, 20, 170, 'm', 'bn', datetime(? + i * ?, 'unixepoch'), d.id, 'mqtt', '', '', '', '', ''
        from n, my_tracks_device d where d.device_id = ?`, [count, from, step, from, step, device]);
    stack.sql('update my_tracks_device set latest_location_id = (select id from my_tracks_location l where l.device_id = my_tracks_device.id'
        + ' order by timestamp desc limit 1) where device_id = ?', [device]);
}

/** In the page: notes tasks that keep it from answering, and the scripts in them: the rest waits for what draws. */
function watch() {
    window.tasks = [];
    window.scripts = [];
    new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: 'longtask', buffered: true });
    new PerformanceObserver((list) => {
        window.scripts.push(...list.getEntries().flatMap((entry) => entry.scripts.map((script) => script.duration)));
    }).observe({ type: 'long-animation-frame', buffered: true });
    window.spent = 0; // ms in what is called for a picture
    const request = window.requestAnimationFrame;
    window.requestAnimationFrame = (run) => request((time) => {
        const begin = performance.now();
        run(time);
        window.spent += performance.now() - begin;
    });
}

/** The library with tiles and nothing of ours: what this machine takes for any map. In a page of our origin. */
async function emptyMap(library) {
    const lib = await import(`/static/${library.find((name) => name.startsWith('maplibre.'))}`);
    lib.setWorkerUrl(`/static/${library.find((name) => name.startsWith('maplibre-shared.'))}`);
    const box = Object.assign(document.createElement('div'), { id: 'map' });
    Object.assign(box.style, { position: 'fixed', inset: '0' });
    document.body.replaceChildren(box);
    const tiles = { type: 'raster', tiles: [`${location.origin}/api/tiles/{z}/{x}/{y}`], tileSize: 256 };
    const map = new lib.Map({
        container: 'map', center: [16.35, 48.2], zoom: 14, attributionControl: false,
        style: { version: 8, sources: { tiles }, layers: [{ id: 'tiles', type: 'raster', source: 'tiles' }] },
    });
    map.once('load', () => box.classList.add('shown'));
}

/** Opens the address and waits for a sign of the data; hash: or null for an empty map. */
async function visit(page, stack, hash, sign) {
    await page.goto(`${stack.base}/about/`);
    const library = readdirSync(join(process.env.B, 'static')).filter((name) => name.startsWith('maplibre') && name.endsWith('.js'));
    const answers = [];
    const listen = (request) => new URL(request.url()).pathname.startsWith('/api/') && answers.push(request.sizes());
    page.on('requestfinished', listen);
    const begin = performance.now();
    await (hash === null ? page.evaluate(emptyMap, library) : page.goto(`${stack.base}${hash}`));
    await page.waitForSelector(sign);
    const shown = performance.now() - begin;
    await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve, { timeout: 5000 })));
    const usable = performance.now() - begin;
    await atRest(page, 1000); // what else comes by itself
    const before = await page.evaluate(() => window.tasks.length);
    const { width, height } = page.viewportSize();
    const at = { x: width * 0.85, y: height * 0.25 }; // beside the panel, above the sheet
    await page.mouse.move(at.x, at.y);
    await page.mouse.down();
    const count = () => page.evaluate(() => ({ pictures: window.pictures, spent: window.spent }));
    const [first, start] = [await count(), performance.now()];
    for (let i = 0; i < MOVES; i++) {
        await page.mouse.move(at.x - i * 8, at.y + (i % 10) * 4);
        await new Promise((resolve) => setTimeout(resolve, 8)); // as often as most mice tell where they are
    }
    const [last, took] = [await count(), performance.now() - start];
    const drawn = last.pictures - first.pictures;
    await page.mouse.up();
    const { tasks, scripts } = await page.evaluate(() => ({ tasks: window.tasks, scripts: window.scripts }));
    page.off('requestfinished', listen);
    const bytes = (await Promise.all(answers)).reduce((sum, { responseBodySize }) => sum + Math.max(0, responseBodySize), 0); // less than nothing: from the browser's cache
    const longest = (list) => Math.round(Math.max(0, ...list));
    return [Math.round(shown), Math.round(usable), longest(scripts), longest(tasks.slice(0, before)), longest(tasks.slice(before)), Math.round(drawn * 1000 / took), ((last.spent - first.spent) / drawn).toFixed(1), Math.round(bytes / 1000)];
}

/** A first visit and two more of the same browser. */
async function measure(browser, stack, hash, sign, options = {}) {
    const page = await browser.newPage(stack, { tiles: 'real', reducedMotion: 'no-preference', ...options });
    await page.addInitScript(watch);
    await signIn(page, stack, USER, '/about/');
    const rows = [];
    for (let i = 0; i < ROUNDS; i++) {
        rows.push(await visit(page, stack, hash, sign));
    }
    await browser.finish().catch(() => undefined);
    return rows;
}

function table(title, head, rows) {
    const cells = [head, head.map((h) => '-'.repeat(h.length)), ...rows.map((row) => row.map(String))];
    const widths = head.map((_, i) => Math.max(...cells.map((row) => row[i].length)));
    console.log(`\n${title}`);
    cells.forEach((row) => console.log(`  ${row.map((cell, i) => cell.padEnd(widths[i])).join('  ')}`));
}

/** Tiles as another server would send them; ours keeps them. */
function tileServer(tile) {
    const server = createServer((_, answer) => answer.writeHead(200, { 'Content-Type': 'image/png', 'Cache-Control': 'max-age=86400' }).end(tile()));
    return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

let browser = null;
const tiles = await tileServer(() => browser.tile);
const stack = await startStack(root, process.env.B, { MYTRACKS_TILE_URL: `http://127.0.0.1:${tiles.address().port}/{z}/{x}/{y}.png` });
try {
    browser = await startBrowser(root, process.env.B);
    stack.addUser(USER);
    const now = Math.floor(Date.now() / 1000);
    const noon = noonAgo(1);
    fill(stack, 'live', 20_000, now - 3600, 3600 / 20_000);
    fill(stack, 'day', 100_000, noon - DAY / 2 + 7200, (DAY - 10_800) / 100_000);
    fill(stack, 'year', 365_000, noon - 364 * DAY, 363 * DAY / 365_000);
    const day = (before) => dayAgo(1 + before);
    const rows = [];
    for (const [title, hash, sign, options] of [
        ['(MapLibre alone, one raster layer)', null, '#map.shown'],
        ['the map, every device', '/', '.marker[title=live]'],
        ['20,000 positions of the last hour', '/#device=bench/live', '.device-detail .today-count:has-text("20,000")', { timezoneId: AFTERNOON }],
        ['100,000 positions of a day', `/#device=bench/day&day=${day(0)}`, '.timeline .span'],
        ['(that day in a small window)', `/#device=bench/day&day=${day(0)}`, '.timeline .span', { viewport: SMALL }],
        ['365,000 positions of a year', `/#device=bench/year&day=${day(364)}..${day(0)}`, '.history-summary:has-text("365,000")'],
    ]) {
        (await measure(browser, stack, hash, sign, options)).forEach((row, i) => rows.push([i === 0 ? title : '', i === 0 ? 'first' : 'again', ...row]));
    }
    table('in Chromium, drawn by the processor (targets: 20,000 usable in 1000 ms; a day of 100,000 in 1500 ms and 600 kB; a year in 2000 ms; no task over 100 ms; 60 frames/s)',
        ['what', 'visit', 'shown after ms', 'usable after ms', 'longest script ms', 'longest task ms', 'in motion ms', 'frames/s', 'script per frame ms', 'API kB'], rows);
} finally {
    await browser?.close();
    await stack.stop();
    tiles.close();
}
