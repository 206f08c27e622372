import assert from 'node:assert/strict';
import test from 'node:test';
import { startOf } from '../app/past.ts';
import { barsOf, busiest, daysOfPeriod, formatState, longestDay, parseState, parseStatistics, roundUp, zoneText } from '../app/statistics-model.ts';

const at = (day: string): number => startOf(day) ?? NaN;
const day = (name: string, metres: number) => ({ day: name, metres, positions: 1, moving: 0, resting: 0 });

test('periods of the reader: Sunday begins a week in English', () => {
    assert.deepEqual(daysOfPeriod('week', '2026-03-06'), ['2026-03-01', '2026-03-08']);
    assert.deepEqual(daysOfPeriod('week', '2026-03-01'), ['2026-03-01', '2026-03-08']);
    assert.deepEqual(daysOfPeriod('month', '2026-12-31'), ['2026-12-01', '2027-01-01']);
    assert.deepEqual(daysOfPeriod('year', '2026-02-28'), ['2026-01-01', '2027-01-01']);
    assert.equal(daysOfPeriod('all', '2026-02-28')[0], '2000-01-01');
});

test('the zone with its changes, to the second', () => {
    assert.equal(zoneText(at('2026-01-01'), at('2027-01-01')), '3600,1774746000:7200,1792890000:3600');
    assert.equal(zoneText(at('2026-07-01'), at('2026-07-02')), '7200');
    assert.equal(zoneText(at('2026-03-29'), at('2026-03-30') - 1), '3600,1774746000:7200');
    assert.equal(zoneText(at('2000-01-01'), at('2026-01-01')).split(',').length, 1 + 2 * 26);
});

test('bars: days of a month, weeks of a year, months beyond', () => {
    const month = barsOf([day('2026-03-02', 5), day('2026-03-31', 7)], '2026-03-01', '2026-04-01');
    assert.equal(month.length, 'day');
    assert.deepEqual(month.bars.map(({ metres }) => metres).filter((m) => m > 0), [5, 7]);
    assert.equal(month.bars[30]?.metres, 7);
    const year = barsOf([day('2026-01-01', 1), day('2026-01-03', 2), day('2026-01-04', 4), day('2026-12-31', 8)], '2026-01-01', '2027-01-01');
    assert.equal(year.length, 'week');
    assert.deepEqual([year.bars[0]?.metres, year.bars[1]?.metres, year.bars.at(-1)?.metres], [3, 4, 8]);
    assert.deepEqual([year.bars[0]?.first, year.bars[0]?.last, year.bars[0]?.days], ['2026-01-01', '2026-01-03', 2]);
    assert.equal(year.bars.at(-1)?.last, '2026-12-31');
    const all = barsOf([day('2020-05-05', 3)], '2020-05-05', '2026-03-07');
    assert.equal(all.length, 'month');
    assert.deepEqual([all.bars.length, all.bars[0]?.last, all.bars.at(-1)?.last], [71, '2020-05-31', '2026-03-06']);
});

test('the longest day and the busiest hour; nobody moved: none', () => {
    assert.equal(longestDay([day('2026-03-01', 1), day('2026-03-02', 3), day('2026-03-03', 3)])?.day, '2026-03-02');
    assert.equal(longestDay([day('2026-03-01', 0)]), null);
    const hours = Array.from({ length: 7 }, () => new Array<number>(24).fill(0));
    assert.equal(busiest(hours), null);
    (hours[4] as number[])[17] = 60;
    assert.deepEqual(busiest(hours), { weekday: 4, hour: 17 });
});

test('an axis ends at a round number that is enough', () => {
    for (const [most, top] of [[0, 1], [0.3, 0.3], [9, 10], [10, 10], [11, 15], [20.01, 25], [99, 100], [101, 150], [8600, 10000]] as const) {
        assert.ok(Math.abs(roundUp(most) - top) < 1e-9, String(most));
    }
});

test('an answer is checked', () => {
    const hours = Array.from({ length: 7 }, () => new Array<number>(24).fill(1));
    const good = { days: [day('2026-03-01', 5), { day: 'x' }, null], hours, places: [{ place: '', lat: 48_200_000, lon: 16_300_000, seconds: 60, stays: 1 }, {}], positions: 3, metres: 5, moving: 1, resting: 2 };
    const parsed = parseStatistics(good);
    assert.equal(parsed?.days.length, 1);
    assert.deepEqual(parsed?.places, [{ place: null, lat: 48.2, lon: 16.3, seconds: 60, stays: 1 }]);
    assert.deepEqual(parseStatistics({ ...good, hours: [[-1, 'x'], null], metres: -5 })?.hours[0]?.slice(0, 2), [0, 0]);
    for (const bad of [null, [], {}, { ...good, days: 1 }, { ...good, places: null }]) {
        assert.equal(parseStatistics(bad), null);
    }
});

test('the address: what is no period or day is this month', () => {
    assert.deepEqual(parseState('?device=emma/my%20phone&period=year&day=2025-05-05', '2026-03-06'), { device: 'emma/my phone', period: 'year', day: '2025-05-05' });
    assert.deepEqual(parseState('?period=x&day=2025-13-05', '2026-03-06'), { device: '', period: 'month', day: '2026-03-06' });
    assert.equal(parseState('?day=1066-10-14', '2026-03-06').day, '2026-03-06');
    assert.equal(formatState({ device: 'emma/my phone', period: 'month', day: '2026-03-06' }), '?device=emma/my+phone&period=month&day=2026-03-01');
    assert.equal(formatState({ device: 'a', period: 'all', day: '2026-03-06' }), '?device=a&period=all');
});
