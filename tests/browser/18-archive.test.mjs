// A map without any other server: its background is a PMTiles archive.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { namedFlavor } from '@protomaps/basemaps';
import { openMap, pixels, until } from './browser.mjs';
import { inEachTheme, sizes } from './look.mjs';
import { archive, worldTile } from './pmtiles.mjs';
import { startStack } from './stack.mjs';

const AT = '#map=4/0/0'; // the shore goes through the middle

/** The colour of the map at a point of the window, "#rrggbb". */
async function colourAt(page, x, y) {
    const data = await pixels(page, { x, y, width: 1, height: 1 });
    return `#${data.slice(0, 3).map((v) => v.toString(16).padStart(2, '0')).join('')}`;
}

export const tests = [
    {
        name: 'land and water in both themes, the town’s name, the authors; nothing from elsewhere',
        async run({ stack, browser }) {
            const folder = mkdtempSync(join(tmpdir(), 'mytracks-archive-'));
            const file = join(folder, 'world.pmtiles');
            writeFileSync(file, archive(worldTile('Nulltown'), '<a href="https://example.org/">Charts of <b>Nobody</b></a>'));
            const own = await startStack(stack.root, stack.build, { MYTRACKS_PMTILES: file });
            try {
                own.needUsers({ anna: false });
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
                await browser.finish();
            } finally {
                await own.stop();
                rmSync(folder, { recursive: true, force: true });
            }
        },
    },
];
