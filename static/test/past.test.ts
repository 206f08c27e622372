import { deepEqual, equal } from 'node:assert/strict';
import test from 'node:test';
import { addDays, dayOf, parseCalendar, parseCrossings, parseTrack, placeAt, startOf } from '../app/past.ts';

const track = {
    device: 'anna/phone', seen: 9, last: 77, metres: 1234, tolerance: 3, t: [1000, 10, 20], lat: [48_000_000, 1_000_000, -500_000], lon: [16_000_000, 0, 250_000],
    acc: [5, null, 7], vel: [null, 40, 0], alt: [null, null, 171], gaps: [2],
};

test('columns of differences become positions', () => {
    const { fixes, seen, last, metres, tolerance } = parseTrack(track) ?? { fixes: [], seen: 0, last: 0, metres: 0, tolerance: 0, spans: [] };
    deepEqual([seen, last, metres, tolerance], [9, 77, 1234, 3]);
    deepEqual(fixes.map(({ id, afterSilence }) => [id, afterSilence]), [[-1, false], [-2, false], [-3, true]]);
    deepEqual(fixes.map(({ time, lat, lon, accuracy, speed, altitude }) => [time, lat, lon, accuracy, speed, altitude]), [
        [1000, 48, 16, 5, null, null], [1010, 49, 16, null, 40, null], [1030, 48.5, 16.25, 7, 0, 171]]);
});

for (const bad of [null, {}, { ...track, t: [1] }, { ...track, lat: ['x', 1, 2] }, { ...track, seen: '9' }]) {
    test(`no track: ${JSON.stringify(bad)?.slice(0, 40)}`, () => equal(parseTrack(bad), null));
}

test('spans that make no sense are left out', () => {
    const stay = { type: 'stay', start: 1, end: 2, lat: 48_000_000, lon: 16_000_000, points: 3, place: 'Home' };
    const spans = parseTrack({ ...track, spans: [stay, { ...stay, type: 'dance' }, { ...stay, type: 'move', metres: 5, top_speed: null }, 7] })?.spans;
    deepEqual(spans?.map(({ kind, place, metres }) => [kind, place, metres]), [['stay', 'Home', 0], ['move', 'Home', 5]]);
    deepEqual(parseTrack(track)?.spans, []); // not asked for
    deepEqual(parseCalendar({ days: [0, 3] }), [0, 3]);
    equal(parseCalendar({ days: [0, 'x'] }), null);
});

test('what was entered and left, oldest first; a place on the map may be unknown', () => {
    const left = { id: 2, device: 'a/b', event: 'leave', place: 'Home', timestamp_unix: 20, latitude: null, longitude: null };
    const entered = { ...left, id: 1, event: 'enter', timestamp_unix: 10, latitude: 48.2, longitude: 16.3 };
    deepEqual(parseCrossings({ results: [left, { ...left, event: 'dance' }, { ...left, timestamp_unix: '1' }, entered], more: false }), [
        { event: 'enter', place: 'Home', at: 10, where: { lat: 48.2, lon: 16.3 } }, { event: 'leave', place: 'Home', at: 20, where: null }]);
    deepEqual(parseCrossings({ results: [{ ...entered, place: 7, latitude: 91 }] }), [{ event: 'enter', place: '', at: 10, where: null }]);
    equal(parseCrossings([]), null);
});

test('days are those of the calendar', () => {
    equal(startOf('2026-02-30'), null);
    equal(startOf('x'), null);
    equal(dayOf(startOf('2026-03-06') ?? 0), '2026-03-06');
    equal(addDays('2026-02-28', 1), '2026-03-01');
    equal(addDays('2026-01-01', -1), '2025-12-31');
    equal(addDays('2026-03-28', 2), '2026-03-30'); // the clocks change in between
});

test('between two positions one is in between, over the date line too', () => {
    const [a, b] = parseTrack({ ...track, t: [0, 10], lat: [0, 0], lon: [179_000_000, -358_000_000], acc: [], vel: [], alt: [] })?.fixes ?? [];
    const at = a && b ? placeAt([a, b], 5) : null;
    equal(Math.abs(at?.lon ?? 0), 180);
    equal(placeAt([], 5), null);
    equal(a && b ? placeAt([a, b], 99)?.lon : null, 181);
});
