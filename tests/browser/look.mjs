// What can be seen to be wrong with any page.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { drawn, settled } from './browser.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Options of newPage for the sizes that every page is looked at in. */
export const sizes = [{ size: 'desktop', phone: false }, { size: 'phone', phone: true }];

/** look(theme, first) in each theme of the system, to which the page that is open, and its map, change: first in the one that it has. */
export async function inEachTheme(page, look) {
    const dark = await page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);
    const hasMap = await page.evaluate(() => document.querySelector('.maplibregl-canvas') !== null);
    for (const [i, theme] of (dark ? ['dark', 'light'] : ['light', 'dark']).entries()) {
        const change = () => page.emulateMedia({ colorScheme: theme });
        await (i > 0 && hasMap ? drawn(page, change) : change());
        await settled(page);
        await look(theme, i === 0);
    }
}

/** All of axe-core's rules, its best practices too; or those that look at colours: the others say the same in each theme. */
export async function axe(page, coloursAlone = false, within = ['html']) {
    await page.evaluate(AXE);
    const { violations } = await page.evaluate(([include, options]) => window.axe.run({ include }, options),
        [within.map((selector) => [selector]), coloursAlone ? { runOnly: ['color-contrast', 'link-in-text-block'] } : {}]);
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary.replace(/\s+/g, ' ').slice(0, 200)}`));
}

/** Contrast, names and a picture in each theme, and nothing that scrolls sideways. within: selectors, where a page has very many
    parts that are alike. */
export async function lookAt(page, browser, name, within = ['html']) {
    await inEachTheme(page, async (theme, first) => {
        assert.deepEqual(await page.evaluate(lowContrast, within), []);
        assert.deepEqual(await axe(page, !first, within), []);
        await browser.picture(page, `${name}-${theme}`);
    });
    const size = page.viewportSize();
    for (const width of [360, 600, 2560]) {
        await page.setViewportSize({ width, height: 400 }); // what is drawn takes longer the higher it is
        const wide = await page.evaluate(() => {
            const { scrollWidth, clientWidth } = document.documentElement;
            const beyond = (node) => node.getBoundingClientRect().right > clientWidth && node.checkVisibility();
            return scrollWidth <= clientWidth ? [] : [...document.body.querySelectorAll('*')].filter((node) => beyond(node) && ![...node.children].some(beyond))
                .map((node) => node.outerHTML.slice(0, 200));
        });
        assert.deepEqual(wide, [], `at ${width}`);
    }
    await page.setViewportSize(size);
}

// The rest runs in the page.
/** Visible text whose contrast to what is behind it is below WCAG AA. */
export function lowContrast(within = ['html']) {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const known = new Map();
    const rgba = (colour) => {
        if (!known.has(colour)) {
            canvas.clearRect(0, 0, 1, 1);
            canvas.fillStyle = colour;
            canvas.fillRect(0, 0, 1, 1);
            known.set(colour, [...canvas.getImageData(0, 0, 1, 1).data]);
        }
        return known.get(colour);
    };
    const luminance = (c) => {
        const [r, g, b] = c.slice(0, 3).map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (node) => {
        for (let at = node; at; at = at.parentElement) {
            const colour = rgba(getComputedStyle(at).backgroundColor);
            if (colour[3] === 255) {
                return colour;
            }
        }
        return [255, 255, 255, 255];
    };
    const bad = [];
    for (const node of document.querySelectorAll(within.map((selector) => `${selector} *`).join())) {
        const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim() !== '');
        const style = getComputedStyle(node);
        if (!own || !node.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || node.closest('.visually-hidden, .skip-link, .map-foot, :disabled')) {
            continue;
        }
        const [a, b] = [luminance(rgba(style.color)), luminance(behind(node))].sort((x, y) => y - x);
        const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
        const ratio = (a + 0.05) / (b + 0.05);
        if (ratio < (large ? 3 : 4.5)) {
            bad.push(`${node.className || node.tagName}: "${node.textContent.trim().slice(0, 30)}" ${ratio.toFixed(2)}`);
        }
    }
    return bad;
}
