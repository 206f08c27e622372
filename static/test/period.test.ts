import { deepEqual, equal } from 'node:assert/strict';
import test from 'node:test';
import { boundsOf, daysOf, formatPeriod, isLatest, makePeriod, oneDay, parsePeriod, presets, stepped, wholeDays } from '../app/period.ts';
import { local } from './make.ts';

for (const text of ['2026-03-06', '2026-03-01..2026-03-07', '2026-03-06T08:00..2026-03-06T12:30', '2025-12-31T23:00..2026-01-01T01:15']) {
    test(`address ${text}`, () => equal(formatPeriod(parsePeriod(text) ?? oneDay('1970-01-01')), text));
}

for (const text of ['', 'x', '2026-02-30', '2026-03-06..2026-03-05', '2026-03-06T09:00..2026-03-06T08:00', '2026-03-06T24:00..2026-03-07T01:00',
    '2026-03-06T08:60', '2026-03-06..', '1999-01-01..2026-01-01']) {
    test(`no period: ${text}`, () => equal(parsePeriod(text), null));
}

test('a day that has 23 hours is whole all the same', () => {
    deepEqual(boundsOf(oneDay('2026-03-29')), [local(2026, 3, 29), local(2026, 3, 30) - 1]);
    equal(local(2026, 3, 30) - local(2026, 3, 29), 23 * 3600);
    deepEqual(boundsOf(wholeDays('2026-03-28', '2026-03-30')), [local(2026, 3, 28), local(2026, 3, 31) - 1]);
    equal(daysOf(wholeDays('2026-03-28', '2026-03-30')), 3);
});

test('a part of a day', () => {
    const part = makePeriod('2026-03-06', '08:00', '2026-03-06', '12:30');
    deepEqual(part && boundsOf(part), [local(2026, 3, 6, 8), local(2026, 3, 6, 12, 31) - 1]);
    deepEqual(part && stepped(part, -1), { first: '2026-03-05', start: '08:00', last: '2026-03-05', end: '12:30' });
});

test('steps as long as the period, over the change of the clocks', () => {
    deepEqual(stepped(wholeDays('2026-03-23', '2026-03-29'), 1), wholeDays('2026-03-30', '2026-04-05'));
    deepEqual(stepped(oneDay('2026-01-01'), -1), oneDay('2025-12-31'));
});

test('presets', () => {
    const now = local(2026, 6, 17, 15, 7);
    deepEqual(presets.today(now), oneDay('2026-06-17'));
    deepEqual(presets.yesterday(now), oneDay('2026-06-16'));
    deepEqual(presets.days7(now), wholeDays('2026-06-11', '2026-06-17'));
    deepEqual(presets.thisMonth(now), wholeDays('2026-06-01', '2026-06-17'));
    deepEqual(boundsOf(presets.last24(now)), [now - 86400, now + 59]);
    equal(isLatest(presets.days30(now), now), true);
    equal(isLatest(presets.yesterday(now), now), false);
});
