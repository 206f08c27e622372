// On a phone the panel is a sheet at the bottom: dragged by its head, or toggled by its handle.
import { byId } from './dom.ts';
import { t } from './texts.ts';

export type Stop = 'peek' | 'half' | 'full';

const next: Record<Stop, Stop> = { peek: 'half', half: 'full', full: 'peek' };
const PEEK = 148; // px: handle, title and the first device
const TOP = 76; // px that a full sheet leaves free
const FLING = 0.25; // seconds of the finger's speed that are added when it lets go

export function stopHeight(stop: Stop, screen: number): number {
    const heights = { peek: PEEK, half: Math.round(screen * 0.46), full: screen - TOP };
    return Math.max(PEEK, Math.min(heights[stop], screen - TOP));
}

/** The stop nearest to a height in pixels. */
export function nearestStop(height: number, screen: number): Stop {
    const stops: Stop[] = ['peek', 'half', 'full'];
    const off = (stop: Stop): number => Math.abs(stopHeight(stop, screen) - height);
    return stops.reduce((best, stop) => (off(stop) < off(best) ? stop : best));
}

export class Sheet {
    private stop: Stop = 'half';
    private draggedAt = -1000; // ms
    private readonly panel = byId('panel');
    private readonly handle = byId('panel-handle');
    private readonly phone = matchMedia('(max-width: 47.99rem)');

    /** onSettle: the sheet has a new height (also: the window has). */
    constructor(private readonly onSettle: () => void) {
        this.handle.addEventListener('click', (event) => {
            if (event.timeStamp - this.draggedAt > 100) { // not the click that ends a drag
                this.set(next[this.stop]);
            }
        });
        this.drag(this.handle);
        const head = this.panel.querySelector<HTMLElement>('.panel-head');
        if (head) {
            this.drag(head);
        }
        window.addEventListener('resize', () => this.set(this.stop));
        this.set(this.stop);
    }

    /** Pixels at the bottom that the sheet covers; 0 on wide screens. */
    covered(): number {
        return this.phone.matches ? stopHeight(this.stop, window.innerHeight) : 0;
    }

    set(stop: Stop): void {
        this.stop = stop;
        this.height(this.phone.matches ? stopHeight(stop, window.innerHeight) : null);
        this.handle.setAttribute('aria-expanded', String(stop === 'full'));
        this.handle.setAttribute('aria-label', t(stop === 'full' ? 'panelLess' : 'panelMore'));
        this.onSettle();
    }

    /** At least half open, so that what was chosen can be read. */
    reveal(): void {
        if (this.stop === 'peek') {
            this.set('half');
        }
    }

    private height(pixels: number | null): void {
        document.documentElement.style.setProperty('--sheet', pixels === null ? '0px' : `${pixels}px`);
    }

    private drag(grip: HTMLElement): void {
        let start: { y: number; height: number } | null = null;
        let last = { y: 0, time: 0, speed: 0 };
        let moved = false;
        grip.addEventListener('pointerdown', (event) => {
            const pressed = (event.target as Element).closest('button');
            if (this.phone.matches && event.isPrimary && (pressed === null || pressed === grip)) {
                start = { y: event.clientY, height: this.covered() };
                last = { y: event.clientY, time: event.timeStamp, speed: 0 };
                moved = false;
                grip.setPointerCapture(event.pointerId); // a quick move leaves the grip at once
            }
        });
        grip.addEventListener('pointermove', (event) => {
            if (!start) {
                return;
            }
            if (!moved && Math.abs(event.clientY - start.y) > 6) {
                moved = true;
                this.panel.classList.add('dragging');
            }
            if (moved) {
                const passed = Math.max(1, event.timeStamp - last.time);
                last = { y: event.clientY, time: event.timeStamp, speed: ((last.y - event.clientY) / passed) * 1000 };
                this.height(Math.max(PEEK, Math.min(start.height + start.y - event.clientY, window.innerHeight - TOP)));
            }
        });
        const end = (event: PointerEvent): void => {
            if (start && moved) {
                this.panel.classList.remove('dragging');
                const height = start.height + start.y - event.clientY + last.speed * FLING;
                this.set(nearestStop(height, window.innerHeight));
                this.draggedAt = event.timeStamp;
            }
            start = null;
        };
        grip.addEventListener('pointerup', end);
        grip.addEventListener('pointercancel', end);
    }
}

/** What lies over the map's edges, in pixels. covered: by the sheet. */
export function around(covered: number): { left: number; right: number; top: number; bottom: number } {
    const dock = document.querySelector('.dock');
    const left = covered === 0 && dock ? dock.getBoundingClientRect().right : 0;
    return { left, right: 0, top: covered > 0 ? 64 : 0, bottom: Math.min(covered, window.innerHeight / 2) };
}
