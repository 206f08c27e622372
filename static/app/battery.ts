// A small battery that is as full as the phone's.
import * as format from './format.ts';
import { el } from './dom.ts';
import type { Fix } from './model.ts';
import { t } from './texts.ts';

const SVG = 'http://www.w3.org/2000/svg';
const LOW = 15; // percent

function shape(name: string, attributes: Record<string, string | number>): SVGElement {
    const node = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) {
        node.setAttribute(key, String(value));
    }
    return node;
}

/** null when the phone did not tell. */
export function battery(fix: Fix | null): HTMLElement | null {
    if (!fix || fix.battery === null) {
        return null;
    }
    const level = Math.max(0, Math.min(100, fix.battery));
    const text = format.percentage(level);
    const svg = shape('svg', { viewBox: '0 0 26 14', class: 'battery-icon', 'aria-hidden': 'true' });
    svg.append(
        shape('rect', { x: 0.75, y: 0.75, width: 21.5, height: 12.5, rx: 3.75, class: 'battery-case' }),
        shape('rect', { x: 23.5, y: 4.5, width: 2, height: 5, rx: 1, class: 'battery-level' }),
        shape('rect', { x: 2.75, y: 2.75, width: Math.max(2, 17.5 * level / 100), height: 8.5, rx: 2, class: 'battery-level' }),
    );
    if (fix.charging) {
        svg.append(shape('path', { d: 'M12.8 1.2 8.2 7.6h2.9l-1 5.2 4.7-6.5h-2.9z', class: 'battery-bolt' }));
    }
    const classes = ['battery', level <= LOW && !fix.charging ? 'low' : '', fix.charging ? 'charging' : ''];
    return el('span', {
        class: classes.join(' ').trim(),
        title: t(fix.charging ? 'batteryCharging' : 'battery', { level: text }),
    }, svg as unknown as Node, el('span', {}, text), fix.charging ? el('span', { class: 'visually-hidden' }, t('charging')) : null);
}
