// What the statistics page asks for and is told. Every field is checked. Days are the viewer's.
import { firstWeekday } from './format.ts';
import { isObject } from './model.ts';
import { addDays, dayOf, startOf } from './past.ts';

export type PeriodName = 'week' | 'month' | 'year' | 'all';
export const periodNames: readonly PeriodName[] = ['week', 'month', 'year', 'all'];

export interface Numbers {
    positions: number;
    metres: number;
    moving: number; // seconds
    resting: number;
}
export interface DayNumbers extends Numbers {
    day: string; // "2026-03-06"
}
export interface Spot {
    place: string | null; // a geofence of the device's owner
    lat: number;
    lon: number;
    seconds: number;
    stays: number;
}
export interface Statistics extends Numbers {
    days: DayNumbers[]; // with data
    hours: number[][]; // seconds on the way: Monday first, then by hour
    places: Spot[];
}

const EPOCH = '2000-01-01'; // there were no such phones before
const MICRO = 1e6;

/** Its first day and the day after its last. */
export function daysOfPeriod(name: PeriodName, day: string): [first: string, after: string] {
    const date = new Date((startOf(day) ?? 0) * 1000);
    const at = (year: number, month: number): string => dayOf(new Date(year, month, 1).getTime() / 1000);
    const year = date.getFullYear();
    switch (name) {
        case 'week': {
            const first = addDays(day, -((date.getDay() - 1 - firstWeekday() + 14) % 7));
            return [first, addDays(first, 7)];
        }
        case 'month':
            return [at(year, date.getMonth()), at(year, date.getMonth() + 1)];
        case 'year':
            return [at(year, 0), at(year + 1, 0)];
        case 'all':
            return [EPOCH, addDays(dayOf(Date.now() / 1000), 1)];
    }
}

/** The zone as the server takes it: seconds east of UTC, then from when on they are others. Unix seconds. */
export function zoneText(from: number, to: number): string {
    const offset = (at: number): number => -60 * new Date(at * 1000).getTimezoneOffset();
    const parts = [String(offset(from))];
    const WEEK = 7 * 86400;
    for (let at = from; at < to; at += WEEK) {
        let [low, high] = [at, Math.min(at + WEEK, to)];
        if (offset(low) !== offset(high)) {
            while (high - low > 1) {
                const middle = Math.floor((low + high) / 2);
                [low, high] = offset(middle) === offset(low) ? [middle, high] : [low, middle];
            }
            parts.push(`${high}:${offset(high)}`);
        }
    }
    return parts.join(',');
}

const amount = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : 0);

const numbers = (row: Record<string, unknown>): Numbers => ({
    positions: amount(row.positions), metres: amount(row.metres), moving: amount(row.moving), resting: amount(row.resting),
});

function parseDay(row: unknown): DayNumbers | null {
    return isObject(row) && typeof row.day === 'string' && startOf(row.day) !== null ? { day: row.day, ...numbers(row) } : null;
}

function parseSpot(row: unknown): Spot | null {
    if (!isObject(row) || typeof row.lat !== 'number' || typeof row.lon !== 'number') {
        return null;
    }
    return {
        place: typeof row.place === 'string' && row.place !== '' ? row.place : null, lat: row.lat / MICRO, lon: row.lon / MICRO,
        seconds: amount(row.seconds), stays: amount(row.stays),
    };
}

/** Null: the answer is something else. */
export function parseStatistics(body: unknown): Statistics | null {
    if (!isObject(body) || !Array.isArray(body.days) || !Array.isArray(body.hours) || !Array.isArray(body.places)) {
        return null;
    }
    const rows: unknown[] = body.hours;
    return {
        ...numbers(body),
        days: body.days.map(parseDay).filter((day) => day !== null),
        hours: Array.from({ length: 7 }, (_, day) => Array.from({ length: 24 }, (__, hour) => {
            const row = rows[day];
            return amount(Array.isArray(row) ? row[hour] : 0);
        })),
        places: body.places.map(parseSpot).filter((spot) => spot !== null),
    };
}

export interface Bar {
    first: string;
    last: string; // its last day
    metres: number;
    days: number; // with data
}
export type BarLength = 'day' | 'week' | 'month';

const DAYS_AS_BARS = 45;
const WEEKS_AS_BARS = 60;

/** One bar for each day, week or month from first to the day before `after`, whichever fits. */
export function barsOf(days: readonly DayNumbers[], first: string, after: string): { length: BarLength; bars: Bar[] } {
    const count = Math.round(((startOf(after) ?? 0) - (startOf(first) ?? 0)) / 86400);
    const length: BarLength = count <= DAYS_AS_BARS ? 'day' : count / 7 <= WEEKS_AS_BARS ? 'week' : 'month';
    const bars: Bar[] = [];
    for (let from = first; from < after;) {
        const to = length === 'day' ? addDays(from, 1) : daysOfPeriod(length, from)[1];
        bars.push({ first: from, last: addDays(to < after ? to : after, -1), metres: 0, days: 0 });
        from = to;
    }
    let i = 0;
    for (const { day, metres } of days) {
        while (i < bars.length && (bars[i] as Bar).last < day) {
            i++;
        }
        const bar = bars[i];
        if (bar && day >= bar.first) {
            bar.metres += metres;
            bar.days++;
        }
    }
    return { length, bars };
}

/** The day of most metres; null: nobody moved. */
export function longestDay(days: readonly DayNumbers[]): DayNumbers | null {
    return days.reduce<DayNumbers | null>((best, day) => (day.metres > (best?.metres ?? 0) ? day : best), null);
}

/** Where the most time on the way is; null: nobody moved. */
export function busiest(hours: readonly (readonly number[])[]): { weekday: number; hour: number } | null {
    let found: { weekday: number; hour: number } | null = null;
    let most = 0;
    hours.forEach((row, weekday) => row.forEach((seconds, hour) => {
        if (seconds > most) {
            most = seconds;
            found = { weekday, hour };
        }
    }));
    return found;
}

/** A round number that is not below the most there is. */
export function roundUp(most: number): number {
    if (most <= 0) {
        return 1;
    }
    const power = 10 ** Math.floor(Math.log10(most));
    return ([1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((step) => step * power >= most) ?? 10) * power;
}

// ---- the address: ?device=emma/phone&period=month&day=2026-03-01

export interface StatisticsState {
    device: string; // '' for the first one
    period: PeriodName;
    day: string; // some day of the period
}

export function parseState(search: string, today: string): StatisticsState {
    const query = new URLSearchParams(search);
    const day = query.get('day') ?? '';
    return {
        device: query.get('device') ?? '', period: periodNames.find((name) => name === query.get('period')) ?? 'month',
        day: startOf(day) === null || day < EPOCH ? today : day,
    };
}

export function formatState({ device, period, day }: StatisticsState): string {
    return `?${new URLSearchParams({ device, period, ...(period === 'all' ? {} : { day: daysOfPeriod(period, day)[0] }) }).toString().replaceAll('%2F', '/')}`;
}
