import { equal } from 'node:assert/strict';
import test from 'node:test';
import { age, chartText, coordinates, count, distance, endOfDay, firstWeekday, moment, percentage, speed, startOfDay, zone, zoneAllYear } from '../app/format.ts';
import { local } from './make.ts';

const now = local(2026, 6, 17, 15, 0);

for (const [at, expected] of [
    [now + 60, 'just now'], // the phone's clock is ahead
    [now, 'just now'],
    [now - 4, 'just now'],
    [now - 5, '5 s ago'],
    [now - 59, '59 s ago'],
    [now - 60, '1 min ago'],
    [now - 3599, '59 min ago'],
    [now - 3600, '1 h ago'],
    [now - 15 * 3600, '15 h ago'], // midnight of today
    [now - 15 * 3600 - 60, 'yesterday, 11:59 PM'],
    [local(2026, 6, 16, 0, 0), 'yesterday, 12:00 AM'],
    [local(2026, 6, 15, 23, 59), 'Jun 15, 11:59 PM'],
    [local(2025, 12, 31, 12, 0), 'Dec 31, 2025'],
] as const) {
    test(`age of ${now - at} s`, () => equal(age(at, now), expected));
}

test('shortly after midnight an hour is still "1 h ago"', () => {
    const late = local(2026, 6, 17, 0, 30);
    equal(age(late - 3600, late), '1 h ago');
});

for (const [metres, expected] of [
    [0, '0\u00a0m'], [12.4, '12\u00a0m'], [999, '999\u00a0m'], [999.6, '1.0\u00a0km'], [1449, '1.4\u00a0km'], [99_940, '99.9\u00a0km'],
    [99_960, '100\u00a0km'], [1_234_567, '1,235\u00a0km'],
] as const) {
    test(`distance ${metres}`, () => equal(distance(metres), expected));
}

test('speed and percentage', () => {
    equal(speed(52.4), '52\u00a0km/h');
    equal(percentage(78), '78%');
    equal(percentage(0), '0%');
});

test('coordinates keep five places and a point', () => equal(coordinates(48.2, -9.1501234567), '48.20000, -9.15012'));

test('count', () => {
    equal(count(1), '1 position');
    equal(count(1200), '1,200 positions');
});

for (const [name, noon, hours] of [
    ['an ordinary day', local(2026, 6, 17, 12), 24],
    ['the day summer time begins', local(2026, 3, 29, 12), 23],
    ['the day summer time ends', local(2026, 10, 25, 12), 25],
] as const) {
    test(`${name} has ${hours} hours`, () => {
        equal(endOfDay(noon) - startOfDay(noon), hours * 3600);
        equal(startOfDay(startOfDay(noon)), startOfDay(noon));
        equal(startOfDay(endOfDay(noon) - 1), startOfDay(noon));
    });
}

test('a moment of several days is told with its day, also along the graph', () => {
    const at = local(2026, 3, 6, 8, 5);
    equal(moment(at, false), '08:05 AM');
    equal(moment(at, true), 'Mar 6, 08:05 AM');
    equal(chartText(false).time(at), '08:05 AM');
    equal(chartText(true).time(at), 'Mar 6, 08:05 AM');
});

test('a week begins as it does in the country', () => {
    equal(firstWeekday('de-AT'), 0);
    equal(firstWeekday('en-US'), 6);
    equal(firstWeekday('ar-EG'), 5);
});

test('the zone has one name for all the year, and one for a day', () => {
    equal(zoneAllYear(), 'Central European Time');
    equal(zone(local(2026, 6, 17)), 'GMT+2');
});
