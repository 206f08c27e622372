import { deepEqual, equal, ok } from 'node:assert/strict';
import test from 'node:test';
import { boxOf, circle, isIn, metresBetween, segments, trackLength, trackLines, trackPoints, unwrap, wrapLongitude } from '../app/geo.ts';
import type { Fix } from '../app/model.ts';
import { fix } from './make.ts';

const near = (actual: number, expected: number, tolerance: number): void =>
    ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected} ± ${tolerance}`);

test('distances', () => {
    near(metresBetween({ lat: 0, lon: 0 }, { lat: 0, lon: 1 }), 111_195, 1);
    near(metresBetween({ lat: 48.2082, lon: 16.3738 }, { lat: 52.52, lon: 13.405 }), 523_800, 1500); // Vienna, Berlin
    near(metresBetween({ lat: 0, lon: 179.9 }, { lat: 0, lon: -179.9 }), 22_239, 1);
    equal(metresBetween({ lat: 5, lon: 5 }, { lat: 5, lon: 5 }), 0);
});

test('every corner of a circle is as far away as it should be', () => {
    for (const [lat, lon] of [[0, 0], [48.2, 16.4], [-70, 179.99], [84, -10]] as const) {
        const ring = circle(lat, lon, 2500).geometry.coordinates[0] ?? [];
        equal(ring.length, 73);
        deepEqual(ring[0], ring.at(-1));
        for (const [x = 0, y = 0] of ring) {
            near(metresBetween({ lat, lon }, { lat: y, lon: x }), 2500, 0.01);
        }
    }
});

test('what a view holds', () => {
    const vienna = { lat: 48.2, lon: 16.4 };
    const [box, beside] = [boxOf(16, 48, 17, 49), boxOf(17, 48, 18, 49)];
    ok(isIn(box, vienna));
    ok(!isIn(beside, vienna) && !isIn(box, { lat: 47.9, lon: 16.4 }));
    deepEqual(boxOf(376, 48, 377, 49), box); // once around
    const fiji = boxOf(175, -20, 185, -15);
    deepEqual(fiji, [175, -20, -175, -15]);
    ok(isIn(fiji, { lat: -17, lon: 179 }) && isIn(fiji, { lat: -17, lon: -179 }) && !isIn(fiji, { lat: -17, lon: 0 }));
    equal(boxOf(-200, -85, 200, 85), null);
    ok(isIn(null, vienna));
});

test('silence while moving is a gap, silence at one place is not', () => {
    const here = { lat: 48, lon: 16 };
    const there = { lat: 48.1, lon: 16 };
    const track = [
        fix({ id: 1, time: 0, ...here }), fix({ id: 2, time: 60, ...here }),
        fix({ id: 3, time: 7200, ...here }), // long at the same place
        fix({ id: 4, time: 10_000, ...there }), fix({ id: 5, time: 10_060, ...there }),
    ];
    deepEqual(segments(track).map((one) => [one.gap, one.points.map((point) => point.id)]),
        [[false, [1, 2, 3]], [true, [3, 4]], [false, [4, 5]]]);
    deepEqual(trackLines(track).features.map((one) => one.properties), [{ gap: false }, { gap: true }, { gap: false }]);
});

test('in a reduced track only what is said to be silence is a gap', () => {
    const at = (id: number, afterSilence: boolean): Fix => fix({ id, time: id * 3600, lat: 48 + id / 10, lon: 16, afterSilence });
    deepEqual(segments([at(1, false), at(2, false), at(3, true), at(4, false)]).map((one) => [one.gap, one.points.map(({ id }) => id)]),
        [[false, [1, 2]], [true, [2, 3]], [false, [3, 4]]]);
});

test('no line of nothing or of one point', () => {
    deepEqual(segments([]), []);
    deepEqual(segments([fix()]), []);
});

test('a line over the date line goes the short way', () => {
    deepEqual(unwrap([fix({ lon: 179, lat: 0 }), fix({ lon: -179, lat: 0 }), fix({ lon: 178, lat: 0 })]),
        [[179, 0], [181, 0], [178, 0]]);
});

test('points keep their rows', () => {
    deepEqual(trackPoints([fix({ id: 42 })]).features.map((one) => one.properties), [{ id: 42 }]);
});

test('jitter at one place is no way', () => {
    const still = Array.from({ length: 50 }, (_, i) => fix({ lat: 48 + (i % 2) * 0.00005, accuracy: 10 }));
    equal(trackLength(still), 0);
    near(trackLength([fix({ lat: 48 }), fix({ lat: 48.01 }), fix({ lat: 48.02 })]), 2224, 1);
    equal(trackLength([]), 0);
});

test('a slow walk counts though each step is small', () => {
    const walk = Array.from({ length: 101 }, (_, i) => fix({ lat: 48 + i * 0.00005, accuracy: 10 })); // 5.6 m each
    near(trackLength(walk), 556, 12);
});

test('longitudes come back into one turn', () => {
    equal(wrapLongitude(190), -170);
    equal(wrapLongitude(-190), 170);
    equal(wrapLongitude(16), 16);
    equal(wrapLongitude(720 + 16), 16);
});
