// A map without any other server: its background is a PMTiles archive.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { namedFlavor } from '@protomaps/basemaps';
import { openMap, pixels, until } from './browser.mjs';
import { inEachTheme, sizes } from './look.mjs';
import { archive, worldTile } from './pmtiles.mjs';
import { PASSWORD, startStack } from './stack.mjs';

const AT = '#map=4/0/0'; // the shore goes through the middle

/** The colour of the map at a point of the window, "#rrggbb". */
async function colourAt(page, x, y) {
    const data = await pixels(page, { x, y, width: 1, height: 1 });
    return `#${data.slice(0, 3).map((v) => v.toString(16).padStart(2, '0')).join('')}`;
}

/** run(own): a stack whose map is such an archive, and nothing else. */
async function withArchive({ stack, browser }, run) {
    const folder = mkdtempSync(join(tmpdir(), 'mytracks-archive-'));
    const file = join(folder, 'world.pmtiles');
    writeFileSync(file, archive(worldTile('Nulltown'), '<a href="https://example.org/">Charts of <b>Nobody</b></a>'));
    const own = await startStack(stack.root, stack.build, { MYTRACKS_PMTILES: file });
    try {
        own.needUsers({ anna: false });
        await run(own);
        await browser.finish(own);
    } finally {
        await own.stop();
        rmSync(folder, { recursive: true, force: true });
    }
}

async function linkOf(own, deviceId) {
    const answer = await fetch(`${own.base}/api/links/`, {
        method: 'POST', headers: { 'Content-Type': 'application/json', Authorization: `Basic ${Buffer.from(`anna:${PASSWORD}`).toString('base64')}` },
        body: JSON.stringify({ device_id: deviceId, expires_in: 3600 }),
    });
    assert.equal(answer.status, 201);
    return (await answer.json()).url;
}

export const tests = [
    {
        name: 'land and water in both themes, the town’s name, the authors; nothing from elsewhere',
        run: ({ stack, browser }) => withArchive({ stack, browser }, async (own) => {
            for (const { size, ...look } of sizes) {
                const page = await browser.newPage(own, look);
                await openMap(page, own, 'anna', AT);
                const { width, height } = page.viewportSize();
                await inEachTheme(page, async (theme) => {
                    const { water, earth } = namedFlavor(theme);
                    await until('water', async () => await colourAt(page, width * 0.45, height * 0.25) === water);
                    assert.equal(await colourAt(page, width - 60, height * 0.25), earth);
                    await page.waitForSelector('.map-foot:has-text("Charts of Nobody")');
                    assert.equal(await page.locator('.map-foot b, .map-foot a').count(), 0, 'its markup is text');
                    await browser.picture(page, `archive-${size}-${theme}`);
                });
            }
        }),
    },
    {
        name: 'who has a public link sees where it is on the same map, and asks nobody else',
        run: ({ stack, browser }) => withArchive({ stack, browser }, async (own) => {
            await own.post('anna', 'phone', { lat: 0, lon: 0 }); // on the shore
            const url = await linkOf(own, 'phone');
            const secret = url.split('#')[1];
            const page = await browser.newPage(own);
            await page.goto(url);
            const at = await page.locator('.public-marker').boundingBox();
            const { water, earth } = namedFlavor('light');
            await until('water in the west', async () => await colourAt(page, at.x - 100, at.y + 100) === water);
            assert.equal(await colourAt(page, at.x + at.width + 100, at.y + 100), earth);
            await page.waitForSelector('.map-foot:has-text("Charts of Nobody")');
            const parts = page.seen.requests.filter((request) => request.url().includes('/api/tiles/'));
            assert.ok(parts.length > 0 && parts.every((request) => request.url() === `${own.base}/api/tiles/map.pmtiles` && request.headers()['x-share-link'] === secret));
            assert.deepEqual(await page.context().cookies(), []);
            assert.equal((await page.request.get(`${own.base}/api/tiles/map.pmtiles`)).status(), 403, 'without the link there is no map');
            await browser.picture(page, 'archive-link');
        }),
    },
];
