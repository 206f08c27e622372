// Numbers and times for people. Times are Unix seconds; the viewer's zone and locale apply.
import type { ChartText } from './chart.ts';
import { locale, t } from './texts.ts';
import { readUnits, type Units } from './units.ts';

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;
const FOOT = 0.3048; // metres
const MILE = 1609.344;
const chosen = readUnits();

interface WeekInfo {
    firstDay: number; // 1: Monday
}

const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' });
const dayOfYear = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' });
const full = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });
const longDate = new Intl.DateTimeFormat(locale, { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' });
const monthName = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric' });
const weekdayName = new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' });
const weekdayLong = new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' });
const hourOnly = new Intl.DateTimeFormat(locale, { hour: 'numeric', timeZone: 'UTC' });
const clockUtc = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', timeZone: 'UTC' });
const monthShort = new Intl.DateTimeFormat(locale, { month: 'short', year: '2-digit' });
const clockSeconds = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const daySpan = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' });
const dayTime = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
const zoneName = new Intl.DateTimeFormat(locale, { timeZoneName: 'short' });
const zoneNameAllYear = new Intl.DateTimeFormat(locale, { timeZoneName: 'longGeneric' });
const NBSP = '\u00a0'; // a number and its unit stay on one line
const integer = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const significant = new Intl.NumberFormat(locale, { maximumSignificantDigits: 2 });
const tenths = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const coordinate = new Intl.NumberFormat('en', { minimumFractionDigits: 5, maximumFractionDigits: 5 });
const percent = new Intl.NumberFormat(locale, { style: 'percent' });

/** Unix seconds of the last midnight in the viewer's zone. */
export function startOfDay(now: number): number {
    const date = new Date(now * 1000);
    return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime() / 1000;
}

/** Unix seconds of the next midnight: not always 24 h after the last one. */
export function endOfDay(now: number): number {
    const date = new Date(now * 1000);
    return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime() / 1000;
}

export function time(at: number): string {
    return clock.format(at * 1000);
}

/** The time of day; dated: of several days. */
export function moment(at: number, dated: boolean): string {
    return (dated ? dayTime : clock).format(at * 1000);
}

export function exactTime(at: number): string {
    return clockSeconds.format(at * 1000);
}

/** "1 – 7 Mar 2026"; with times when the days are not whole. */
export function span(from: number, to: number, wholeDays: boolean): string {
    return (wholeDays ? daySpan : dayTime).formatRange(from * 1000, to * 1000);
}

export function dateTime(at: number): string {
    return full.format(at * 1000);
}

export function zonedTime(at: number): string {
    return `${dateTime(at)} ${zone(at)}`;
}

/** "Friday, 6 March 2026" */
export function longDay(at: number): string {
    return longDate.format(at * 1000);
}

export function month(at: number): string {
    return monthName.format(at * 1000);
}

/** What a week begins with, 0: Monday, which it also is where the browser does not know. */
export function firstWeekday(tag = locale): number {
    const known: Intl.Locale & { getWeekInfo?(): WeekInfo; weekInfo?: WeekInfo } = new Intl.Locale(tag);
    return ((known.getWeekInfo?.() ?? known.weekInfo)?.firstDay ?? 1) - 1;
}

/** 0: Monday. */
export function weekday(i: number): string {
    return weekdayName.format(Date.UTC(2024, 0, 1 + i, 12));
}

export function longWeekday(i: number): string {
    return weekdayLong.format(Date.UTC(2024, 0, 1 + i, 12));
}

/** An hour of the clock, 0 to 24: "14", "2 PM", as the language has it. */
export function hour(i: number): string {
    return hourOnly.format(Date.UTC(2024, 0, 1, i));
}

/** From the one to the next: "14:00 – 15:00". */
export function hourSpan(i: number): string {
    return [i, i + 1].map((at) => clockUtc.format(Date.UTC(2024, 0, 1, at))).join(`${NBSP}–${NBSP}`);
}

/** "6 Mar"; of a month: "Mar 26". */
export function shortDay(at: number, ofMonth: boolean): string {
    return (ofMonth ? monthShort : day).format(at * 1000);
}

/** "2 h 05 min", "12 min" */
export function duration(seconds: number): string {
    const minutes = Math.round(seconds / MINUTE);
    const rest = minutes % 60;
    return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h${rest > 0 ? ` ${String(rest).padStart(2, '0')} min` : ''}`;
}

/** The same; of two days and more: "3 days 4 h". */
export function longDuration(seconds: number): string {
    const hours = Math.round(seconds / HOUR);
    return seconds < 2 * DAY ? duration(seconds) : `${t('days', { n: Math.floor(hours / 24) })}${hours % 24 > 0 ? ` ${hours % 24} h` : ''}`;
}

/** "3 min ago"; older than today and yesterday: a date. A clock that is ahead counts as now. */
export function age(at: number, now: number): string {
    const seconds = Math.floor(now - at);
    if (seconds < 5) {
        return t('justNow');
    }
    if (seconds < MINUTE) {
        return t('secondsAgo', { n: seconds });
    }
    if (seconds < HOUR) {
        return t('minutesAgo', { n: Math.floor(seconds / MINUTE) });
    }
    const midnight = startOfDay(now);
    if (at >= midnight || seconds < 6 * HOUR) {
        return t('hoursAgo', { n: Math.floor(seconds / HOUR) });
    }
    if (at >= startOfDay(midnight - 1)) {
        return t('yesterdayAt', { time: time(at) });
    }
    const sameYear = new Date(at * 1000).getFullYear() === new Date(now * 1000).getFullYear();
    return seconds < 300 * DAY && sameYear ? `${day.format(at * 1000)}, ${time(at)}` : dayOfYear.format(at * 1000);
}

/** Metres as "12 m", "1.4 km", "128 km"; as "39 ft", "0.9 mi", "80 mi". */
export function distance(metres: number, units: Units = chosen): string {
    const [small, large, least, names] = units === 'metric' ? [1, 1000, 999.5, ['m', 'km']] as const : [FOOT, MILE, 1000 * FOOT, ['ft', 'mi']] as const;
    if (metres < least) {
        return `${integer.format(metres / small)}${NBSP}${names[0]}`;
    }
    const far = metres / large;
    return `${(far < 99.95 ? tenths : integer).format(far)}${NBSP}${names[1]}`;
}

/** Of the unit in which distances are long: a kilometre or a mile. */
export function unitMetres(units: Units = chosen): number {
    return units === 'metric' ? 1000 : MILE;
}

export function altitude(metres: number, units: Units = chosen): string {
    return units === 'metric' ? `${integer.format(metres)}${NBSP}m` : `${integer.format(metres / FOOT)}${NBSP}ft`;
}

export function speed(kmh: number, units: Units = chosen): string {
    return units === 'metric' ? `${integer.format(kmh)}${NBSP}km/h` : `${integer.format(kmh * 1000 / MILE)}${NBSP}mph`;
}

/** What a graph needs to know of the viewer's units. */
export function chartText(dated: boolean, units: Units = chosen): ChartText {
    const metric = units === 'metric';
    return {
        speed: metric ? 'km/h' : 'mph', altitude: metric ? 'm' : 'ft', speedFactor: metric ? 1 : 1000 / MILE, altitudeFactor: metric ? 1 : 1 / FOOT,
        time: (at) => moment(at, dated), timeWidth: dated ? 100 : 60, whole,
    };
}

function zonePart(form: Intl.DateTimeFormat, at: number): string {
    return form.formatToParts(at * 1000).find((part) => part.type === 'timeZoneName')?.value ?? '';
}

/** The viewer's time zone as it is called at that time: "CEST", "GMT+2". */
export function zone(at: number): string {
    return zonePart(zoneName, at);
}

/** As it is called in summer as in winter. */
export function zoneAllYear(): string {
    return zonePart(zoneNameAllYear, Date.now() / 1000);
}

export function percentage(of100: number): string {
    return percent.format(of100 / 100);
}

/** Copyable, with a point in every language. */
export function coordinates(lat: number, lon: number): string {
    return `${coordinate.format(lat)}, ${coordinate.format(lon)}`;
}

export function count(n: number): string {
    return t('fixes', { n });
}

export function whole(n: number): string {
    return integer.format(n);
}

/** "12 B", "3.4 MB" */
export function bytes(n: number): string {
    const names = ['B', 'kB', 'MB', 'GB', 'TB'];
    const step = Math.min(names.length - 1, n < 1000 ? 0 : Math.floor(Math.log10(n) / 3));
    const value = n / 1000 ** step;
    return `${(step > 0 && value < 99.95 ? tenths : integer).format(value)} ${names[step]}`;
}

/** Of a rate: two figures that say something. */
export function perSecond(n: number): string {
    return (n === 0 || n >= 10 ? integer : significant).format(n);
}

/** "3 days", then as a duration. */
export function uptime(seconds: number): string {
    return seconds < 2 * DAY ? duration(seconds) : t('days', { n: Math.floor(seconds / DAY) });
}
