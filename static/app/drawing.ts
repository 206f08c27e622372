// What the map costs to draw: what is never seen is left out, and less is drawn where the processor has to do it.
import type { Map as MapLibreMap } from 'maplibre-gl';
import { OffscreenPicture } from './offscreen.ts';

const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i; // drivers without a graphics processor
const COARSE = 0.5; // pixels of the map per pixel of the page while much is drawn
const REST = 300; // ms without a new picture
const TOGETHER = 60; // ms of changes that make one picture
const HANDS = 1000; // ms after a touch in which the map may begin to move
const LONGEST = 500; // ms that a change waits for its picture

/** The sky is drawn over the whole window, at a third of the cost of a frame, but no map here is ever tilted. */
export function drawNoSky(map: MapLibreMap): void {
    const without = (): void => {
        map.painter.drawFunctions = { ...map.painter.drawFunctions, sky: () => undefined };
    };
    without();
    map.on('webglcontextrestored', without); // with another painter
}

/** True: each pixel of the map is worked out by the processor. */
export function drawnBySoftware(map: MapLibreMap): boolean {
    const { gl } = map.painter.context;
    const names = gl.getExtension('WEBGL_debug_renderer_info');
    return SOFTWARE.test(String(gl.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : gl.RENDERER)));
}

/** For a map that the processor draws: coarse while it moves or much changes, exact when it rests; and no more pictures than it
    can make. The page waits for none but those of a movement, which have to fit the markers. */
export class LightDrawing {
    private rest = 0; // timer
    private next = 0; // timer
    private cost = 0; // ms that the last picture took
    private touched = -Infinity; // ms
    private wanted = false; // a picture, after the one that is being drawn
    private readonly repaint: () => void; // with the next frame
    private readonly offscreen: OffscreenPicture;

    constructor(private readonly map: MapLibreMap) {
        this.repaint = map.triggerRepaint.bind(map);
        this.offscreen = new OffscreenPicture(map.painter.context.gl as WebGL2RenderingContext, map.getCanvas());
        this.drawSeldom();
        this.coarsen();
        map.on('movestart', () => this.coarsen());
        map.on('moveend', () => this.coarsen());
        map.on('render', () => this.drawn());
        map.on('webglcontextrestored', () => {
            this.offscreen.restart();
            this.set(1);
        });
        for (const event of ['pointerdown', 'wheel', 'keydown']) {
            map.getContainer().addEventListener(event, () => (this.touched = performance.now()), { capture: true, passive: true });
        }
    }

    /** Until the map has come to rest. */
    coarsen(): void {
        this.set(COARSE);
        this.sharpenLater();
    }

    private sharpenLater(): void {
        clearTimeout(this.rest);
        if (this.map.getPixelRatio() !== 1) {
            this.rest = window.setTimeout(() => (this.map.isMoving() ? this.sharpenLater() : this.set(1)), REST);
        }
    }

    /** Commands for a picture have been given. */
    private drawn(): void {
        const begin = performance.now();
        const shown = (): void => {
            this.cost = performance.now() - begin;
            this.sharpenLater();
            if (this.wanted) {
                this.wanted = false;
                this.map.triggerRepaint();
            }
        };
        if (!this.offscreen.take(shown)) {
            this.offscreen.hide();
            requestAnimationFrame(shown); // the browser asks for the next picture when this one is there
        }
    }

    /** What setPixelRatio() does, but without telling a movement, which would end the one that is made by hand. The library's
        canvas is always coarse: what is exact is drawn elsewhere. */
    private set(ratio: number): void {
        const { map } = this;
        const canvas = map.getCanvas();
        const [width = 0, height = 0] = map._containerDimensions();
        map._overridePixelRatio = ratio;
        if (ratio === COARSE && (canvas.width !== Math.floor(width * ratio) || canvas.height !== Math.floor(height * ratio))) {
            map._resizeInternal(false);
            this.repaint(); // before anybody sees that this has emptied it
        } else {
            map.painter.resize(width, height, ratio);
        }
        if (map.isMoving()) {
            this.offscreen.end();
        } else {
            this.offscreen.begin(map.painter.width, map.painter.height);
        }
        if (ratio === 1) {
            this.repaint();
        }
    }

    /** While the map rests, changes that come one after another make one picture, and half of the time is left for others. */
    private drawSeldom(): void {
        const { map } = this;
        map.triggerRepaint = () => {
            if (map.isMoving() || performance.now() - this.touched < HANDS) {
                this.paint();
            } else {
                this.next ||= window.setTimeout(() => {
                    this.next = 0;
                    this.paint();
                }, Math.min(LONGEST, Math.max(TOGETHER, this.cost)));
            }
        };
    }

    private paint(): void {
        this.wanted = this.offscreen.pending;
        if (!this.wanted) {
            this.repaint();
        }
    }
}
