// Chromium, and pages that are watched: foreign requests, policy violations, errors in the console.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { PASSWORD } from './stack.mjs';

export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };
const ZONE = 'Europe/Vienna'; // of the browser

/** Noon in UTC of a day of the browser's, so many days ago, in Unix seconds; and that day as "2026-03-06". */
export const noonAgo = (days) => Date.parse(`${new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE }).format()}T12:00Z`) / 1000 - days * 86_400;
export const dayAgo = (days) => new Date(noonAgo(days) * 1000).toISOString().slice(0, 10);

/** A zone where it is two in the afternoon: what was within the last hours was today. */
export const AFTERNOON = `Etc/GMT${['-', '+'][Number(new Date().getUTCHours() > 14)]}${Math.abs(14 - new Date().getUTCHours())}`;

/** A plain tile, drawn here: no map of anything. */
async function drawTile(browser) {
    const page = await browser.newPage();
    const url = await page.evaluate(() => {
        const canvas = document.createElement('canvas');
        canvas.width = canvas.height = 256;
        const pen = canvas.getContext('2d');
        pen.fillStyle = '#f2efe9';
        pen.fillRect(0, 0, 256, 256);
        pen.strokeStyle = '#e3ddd2';
        for (let at = 0; at <= 256; at += 64) {
            pen.strokeRect(at + 0.5, -1, 0, 258);
            pen.strokeRect(-1, at + 0.5, 258, 0);
        }
        return canvas.toDataURL('image/png');
    });
    await page.close();
    return Buffer.from(url.split(',')[1], 'base64');
}

/** whole: the one for people, which has notifications and needs more than the one for tests. */
export async function startBrowser(root, build, whole = false) {
    const browser = await chromium.launch(whole
        ? { executablePath: process.env.CHROMIUM_WHOLE, args: ['--no-sandbox', '--headless=new'], headless: false }
        : { executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] });
    const tile = await drawTile(browser);
    const open = new Set(); // watched contexts of the test that runs
    const pictures = process.env.SCREENSHOTS ? join(root, process.env.SCREENSHOTS) : join(build, 'screenshots');
    mkdirSync(pictures, { recursive: true });

    /** A fresh browser profile with one page, where nothing glides unless it is to (reducedMotion). tiles: 'plain', 'fail', or 'real' from the server, with no request looked at; allow: console errors that are meant. */
    async function newPage(stack, { tiles = 'plain', allow = [], phone = false, ...options } = {}) {
        const context = await browser.newContext({
            viewport: phone ? PHONE : DESKTOP, isMobile: phone, hasTouch: phone, locale: 'en-GB', timezoneId: ZONE,
            serviceWorkers: 'block', reducedMotion: 'reduce', ...options,
        });
        context.setDefaultTimeout(20_000);
        const seen = { foreign: [], errors: [], requests: [], tiles: 0 };
        if (tiles !== 'real') { // each request then waits for Node
            await context.route(`${stack.base}/api/tiles/*/**`, (route) => {
                seen.tiles++;
                return tiles === 'fail' ? route.abort()
                    : route.fulfill({ body: tile, contentType: 'image/png' });
            });
        }
        await context.addInitScript(() => {
            document.addEventListener('securitypolicyviolation', (event) => {
                console.error(`content security policy: ${event.violatedDirective} ${event.blockedURI}`);
            });
        });
        await context.addInitScript(countPictures);
        context.on('request', (request) => {
            const url = new URL(request.url());
            seen.requests.push(request);
            if (!['data:', 'blob:'].includes(url.protocol) && url.origin !== stack.origin) {
                seen.foreign.push(request.url());
            }
        });
        context.on('console', (message) => {
            const text = `${message.text()} ${message.location().url}`;
            if (message.type() === 'error' && !allow.some((pattern) => pattern.test(text))) {
                seen.errors.push(text);
            }
        });
        context.on('weberror', (error) => seen.errors.push(String(error.error().stack)));
        open.add({ context, seen, stack });
        return Object.assign(await context.newPage(), { seen });
    }

    /** Ends the pages of a test, or only those of one stack, and complains about what they did. */
    async function finish(stack) {
        const all = [...open].filter((one) => !stack || one.stack === stack);
        all.forEach((one) => open.delete(one));
        await Promise.all(all.map(({ context }) => context.close()));
        for (const { seen } of all) {
            assert.deepEqual(seen.foreign, [], 'requests to other origins');
            assert.deepEqual(seen.errors, [], 'errors in the console');
        }
    }

    async function picture(page, name) {
        await atRest(page);
        await page.screenshot({ path: join(pictures, `${name}.png`), animations: 'disabled' });
    }

    return { newPage, finish, picture, tile, close: () => browser.close() };
}

/** Signed in as by the form, which 1-login looks at, without drawing it. */
export async function signIn(page, stack, user, path = '/') {
    const address = `${stack.base}/login/`;
    const form = await page.request.get(address);
    const [, token] = /name="csrfmiddlewaretoken" value="([^"]+)"/.exec(await form.text());
    const answer = await page.request.post(address, {
        form: { csrfmiddlewaretoken: token, username: user, password: PASSWORD }, headers: { Referer: address }, maxRedirects: 0,
    });
    assert.equal(answer.status(), 302);
    await page.goto(stack.base + path);
}

/** The map page, signed in and live. */
export async function openMap(page, stack, user, hash = '') {
    await signIn(page, stack, user, `/${hash}`);
    await page.waitForSelector('#live-state[data-state=live]');
}

/** In each page, before anything else: window.pictures of the map, the last one drawn at window.lastPicture. */
function countPictures() {
    window.pictures = 0;
    window.lastPicture = -Infinity; // ms
    const { clear } = WebGL2RenderingContext.prototype; // once for each
    WebGL2RenderingContext.prototype.clear = function (...args) {
        window.pictures++;
        window.lastPicture = performance.now();
        return clear.apply(this, args);
    };
}

/** The map, if there is one, has drawn nothing for so many ms: longer than between two pictures of a flight, and than until
    the exact one after it. */
export const atRest = (page, ms = 700) => until('the map comes to rest', () => page.evaluate((rest) => performance.now() - window.lastPicture > rest, ms));

/** The map has drawn what an action changes. */
export async function drawn(page, act) {
    const before = await page.evaluate(() => window.pictures);
    await act();
    await until('a new picture', async () => await page.evaluate(() => window.pictures) > before);
    await atRest(page);
}

/** The page is laid out, and what glides has arrived. */
export const settled = (page) => page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    await frame();
    await frame();
    await Promise.allSettled(document.getAnimations().filter((one) => one.effect.getComputedTiming().iterations !== Infinity).map((one) => one.finished));
});

export async function marker(page, label) {
    const box = await page.locator(`.marker[title="${label}"]`).boundingBox();
    return box && { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) };
}

/** Of that part of the window as it looks now: red, green, blue, alpha of each pixel, row by row. */
export async function pixels(page, clip) {
    const picture = (await page.screenshot({ clip })).toString('base64');
    return page.evaluate(async (url) => {
        const image = new Image();
        image.src = url;
        await image.decode();
        const pen = document.createElement('canvas').getContext('2d');
        pen.drawImage(image, 0, 0);
        return [...pen.getImageData(0, 0, image.width, image.height).data];
    }, `data:image/png;base64,${picture}`);
}

/** Waits until check() is true; what: for the message. */
export async function until(what, check, limit = 10_000) {
    for (const end = Date.now() + limit; Date.now() < end;) {
        if (await check()) {
            return;
        }
        await new Promise((resolve) => setTimeout(resolve, 40));
    }
    assert.fail(`within ${limit} ms: ${what}`);
}
