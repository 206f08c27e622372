// The edge between the panel and the map, on wide screens: dragged, or moved by keys. The width is kept by this browser.
import { byId } from './dom.ts';

const KEY = 'mytracks-panel-width';
const USUAL = 368; // pixels
const LEAST = 300;
const MOST = 900;
const MAP = 320; // pixels that are left to the map
const STEP = 24; // pixels a key moves it

/** settled: the panel has another width. */
export function startSplit(settled: () => void): void {
    const edge = byId('split');
    const most = (): number => Math.max(LEAST, Math.min(MOST, window.innerWidth - MAP));
    let width = USUAL;
    const show = (wanted: number): void => {
        width = Math.round(Math.max(LEAST, Math.min(most(), wanted)));
        document.documentElement.style.setProperty('--dock', `${width}px`);
        edge.setAttribute('aria-valuenow', String(width));
        edge.setAttribute('aria-valuemin', String(LEAST));
        edge.setAttribute('aria-valuemax', String(most()));
    };
    const keep = (): void => {
        try {
            localStorage.setItem(KEY, String(width));
        } catch {
            // storage is switched off: until the page is left
        }
        settled();
    };
    const kept = (): number => {
        try {
            return Number(localStorage.getItem(KEY)) || USUAL;
        } catch {
            return USUAL;
        }
    };
    edge.addEventListener('keydown', ({ key }) => {
        const to = { ArrowLeft: width - STEP, ArrowRight: width + STEP, Home: LEAST, End: most() }[key];
        if (to !== undefined) {
            show(to);
            keep();
        }
    });
    let from: { x: number; width: number } | null = null;
    edge.addEventListener('pointerdown', (event) => {
        from = { x: event.clientX, width };
        edge.setPointerCapture(event.pointerId);
    });
    edge.addEventListener('pointermove', (event) => {
        if (from) {
            show(from.width + event.clientX - from.x);
        }
    });
    const end = (): void => {
        if (from) {
            from = null;
            keep();
        }
    };
    edge.addEventListener('pointerup', end);
    edge.addEventListener('pointercancel', end);
    edge.addEventListener('dblclick', () => {
        show(USUAL);
        keep();
    });
    window.addEventListener('resize', () => {
        show(kept());
        settled();
    });
    show(kept());
}
