// Speed and altitude over time. A file of its own: it is loaded when a track is played back.
import uPlot from 'uplot';
import type { Fix } from './model.ts';

export interface ChartText {
    speed: string; // names of the lines
    altitude: string;
    speedFactor: number; // from km/h
    altitudeFactor: number; // from metres
    time(at: number): string;
    timeWidth: number; // pixels that it needs
    whole(n: number): string;
}

export interface Chart {
    /** The moment that is shown; null: none. Unix seconds. */
    point(at: number | null): void;
    leave(): void;
}

const HEIGHT = 120;
const SILENCE = 600; // seconds: the line is broken

/** A token's colour as a canvas can take it. */
function colour(node: HTMLElement, name: string): string {
    node.style.color = `var(${name})`;
    const { color } = getComputedStyle(node);
    node.style.color = '';
    return color;
}

/** Columns for the library; where the phone was silent the lines are broken by an empty row. */
export function columns(fixes: readonly Fix[], speedFactor: number, altitudeFactor: number): [number[], (number | null)[], (number | null)[]] {
    const times: number[] = [];
    const speeds: (number | null)[] = [];
    const altitudes: (number | null)[] = [];
    const push = (time: number, speed: number | null, altitude: number | null): void => {
        times.push(time);
        speeds.push(speed === null ? null : speed * speedFactor);
        altitudes.push(altitude === null ? null : altitude * altitudeFactor);
    };
    let before: Fix | undefined;
    for (const fix of fixes) {
        if (before && fix.time - before.time > SILENCE) {
            push(before.time + 1, null, null);
        }
        if (before?.time !== fix.time) {
            push(fix.time, fix.speed, fix.altitude);
        }
        before = fix;
    }
    return [times, speeds, altitudes];
}

/** Fills the box. pick is called with the moment that was clicked. */
export function drawChart(box: HTMLElement, fixes: readonly Fix[], text: ChartText, pick: (at: number) => void): Chart {
    const data = columns(fixes, text.speedFactor, text.altitudeFactor);
    const [, speeds, altitudes] = data;
    const has = (values: readonly (number | null)[]): boolean => values.some((value) => value !== null);
    const muted = colour(box, '--chart-text');
    const axis = (scale: string, side: 1 | 3, label: string, show: boolean): uPlot.Axis => ({
        scale, side, show, label, labelSize: 14, labelGap: 0, size: 34, gap: 2, stroke: muted, font: '11px system-ui', labelFont: '11px system-ui',
        ticks: { show: false }, grid: { show: side === 3, stroke: colour(box, '--chart-grid'), width: 1 },
        values: (_, ticks) => ticks.map((tick) => text.whole(tick)),
    });
    const right = has(altitudes) ? 4 : text.timeWidth * 0.4; // the last time is as wide to its right
    let quiet = false; // the cursor is moved by the player
    const plot = new uPlot({
        width: box.clientWidth, height: HEIGHT, legend: { show: false }, padding: [6, right, 0, 4],
        cursor: { y: false, points: { size: 6 }, drag: { x: false, y: false, setScale: false } },
        scales: { x: { time: true }, speed: { range: (_, __, most) => [0, Math.max(10, most)] }, altitude: { auto: true } },
        series: [{},
            { scale: 'speed', stroke: colour(box, '--chart-speed'), width: 1.5, fill: colour(box, '--chart-speed-fill'), spanGaps: false, points: { show: false } },
            { scale: 'altitude', stroke: colour(box, '--chart-altitude'), width: 1.5, spanGaps: false, points: { show: false } }],
        axes: [
            { stroke: muted, font: '11px system-ui', size: 22, gap: 6, space: text.timeWidth, ticks: { show: false }, grid: { show: false },
                values: (_, ticks) => ticks.map((tick) => text.time(tick)) },
            axis('speed', 3, text.speed, has(speeds)), axis('altitude', 1, text.altitude, has(altitudes))],
        hooks: {
            ready: [(u) => u.over.addEventListener('click', () => {
                if (!quiet && u.cursor.left !== undefined && u.cursor.left !== null && u.cursor.left >= 0) {
                    pick(u.posToVal(u.cursor.left, 'x'));
                }
            })],
        },
    }, data, box);
    const resized = new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: HEIGHT }));
    resized.observe(box);
    return {
        point(at) {
            quiet = true;
            plot.setCursor(at === null ? { left: -10, top: -10 } : { left: plot.valToPos(at, 'x'), top: HEIGHT / 2 });
            quiet = false;
        },
        leave() {
            resized.disconnect();
            plot.destroy();
        },
    };
}
