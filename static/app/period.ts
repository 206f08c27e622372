// What the history shows: from a minute of a day to a minute of the same or a later day, in the viewer's zone.
import { addDays, dayOf, startOf } from './past.ts';

export interface Period {
    first: string; // "2026-03-06"
    start: string; // "00:00"
    last: string;
    end: string; // "23:59": that minute is in it
}

const MIDNIGHT = '00:00';
const LAST_MINUTE = '23:59';
const MOST_DAYS = 3660;

export const wholeDays = (first: string, last: string): Period => ({ first, start: MIDNIGHT, last, end: LAST_MINUTE });
export const oneDay = (day: string): Period => wholeDays(day, day);
export const isWhole = ({ start, end }: Period): boolean => start === MIDNIGHT && end === LAST_MINUTE;

const at = (day: string, time: string): number => {
    const [hours = 0, minutes = 0] = time.split(':').map(Number);
    const date = new Date((startOf(day) ?? 0) * 1000);
    return date.setHours(hours, minutes) / 1000;
};

/** Unix seconds, inclusive. */
export function boundsOf(period: Period): [number, number] {
    return [at(period.first, period.start), at(period.last, period.end) + 59];
}

export function daysOf({ first, last }: Period): number {
    return Math.round(((startOf(last) ?? 0) - (startOf(first) ?? 0)) / 86400) + 1;
}

export const LISTED_DAYS = 31; // longer periods are a track alone
export const isListed = (period: Period): boolean => daysOf(period) <= LISTED_DAYS;

/** Null: no such days, or they end before they begin. */
export function makePeriod(first: string, start: string, last: string, end: string): Period | null {
    const times = [start, end].every((time) => /^([01]\d|2[0-3]):[0-5]\d$/.test(time));
    if (!times || startOf(first) === null || startOf(last) === null) {
        return null;
    }
    const period = { first, start, last, end };
    const [from, to] = boundsOf(period);
    return from < to && daysOf(period) <= MOST_DAYS ? period : null;
}

/** The same length before or after; a part of a day goes to the day before or after. */
export function stepped(period: Period, by: 1 | -1): Period {
    const days = by * daysOf(period);
    return { ...period, first: addDays(period.first, days), last: addDays(period.last, days) };
}

/** Nothing has happened yet on the days after. */
export function isLatest({ last }: Period, now: number): boolean {
    return last >= dayOf(now);
}

export type PresetName = 'today' | 'yesterday' | 'last24' | 'days7' | 'days30' | 'thisMonth';

export const presets: Record<PresetName, (now: number) => Period> = {
    today: (now) => oneDay(dayOf(now)),
    yesterday: (now) => oneDay(addDays(dayOf(now), -1)),
    last24: (now) => {
        const date = new Date(now * 1000);
        const time = `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
        return { first: addDays(dayOf(now), -1), start: time, last: dayOf(now), end: time };
    },
    days7: (now) => wholeDays(addDays(dayOf(now), -6), dayOf(now)),
    days30: (now) => wholeDays(addDays(dayOf(now), -29), dayOf(now)),
    thisMonth: (now) => wholeDays(`${dayOf(now).slice(0, 8)}01`, dayOf(now)),
};

/** For the address: "2026-03-06", "2026-03-01..2026-03-07", "2026-03-06T08:00..2026-03-06T12:30". */
export function formatPeriod(period: Period): string {
    const { first, start, last, end } = period;
    if (isWhole(period)) {
        return first === last ? first : `${first}..${last}`;
    }
    return `${first}T${start}..${last}T${end}`;
}

export function parsePeriod(text: string): Period | null {
    const parts = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d))?(?:\.\.(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d))?)?$/.exec(text);
    if (!parts) {
        return null;
    }
    const [, first = '', start = MIDNIGHT, last = first, end = LAST_MINUTE] = parts;
    return makePeriod(first, start, last, end);
}
