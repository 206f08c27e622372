// Days as people type them: "yesterday", "2026-11-03", "3 nov", "3.11.", "monday", in the reader's language.
import { addDays, dayOf, startOf } from './past.ts';
import { folded } from './searchmodel.ts';

const MONTHS = 12;
const WEEK = 7;

export interface DayWords {
    today: string;
    yesterday: string;
}

const two = (n: number): string => String(n).padStart(2, '0');
const LETTERS = 3; // that name a month or a weekday

/** Long and short names without dots: position is the number. */
function names(count: number, form: (i: number, length: 'long' | 'short') => string): string[][] {
    return Array.from({ length: count }, (_, i) => (['long', 'short'] as const).map((length) => folded(form(i, length)).replace(/\.$/, '')));
}

function monthNames(locale: string): string[][] {
    return names(MONTHS, (i, length) => new Intl.DateTimeFormat(locale, { month: length }).format(new Date(2026, i, 1)));
}

/** Monday is 0. */
function weekdayNames(locale: string): string[][] {
    return names(WEEK, (i, length) => new Intl.DateTimeFormat(locale, { weekday: length }).format(new Date(2026, 5, 1 + i)));
}

/** Which name begins so; -1: none, or several. */
function named(word: string, all: readonly string[][]): number {
    const exact = all.findIndex((forms) => forms.includes(word));
    if (exact >= 0 || word.length < LETTERS) {
        return exact;
    }
    const fits = all.flatMap((forms, i) => (forms.some((form) => form.startsWith(word)) ? [i] : []));
    return fits.length === 1 ? fits[0] ?? -1 : -1;
}

/** Whether people of that language write the day before the month. */
function dayFirst(locale: string): boolean {
    const parts = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'numeric' }).formatToParts(new Date(2026, 0, 2));
    return parts.findIndex(({ type }) => type === 'day') < parts.findIndex(({ type }) => type === 'month');
}

/** Without a year the latest such day that is not to come; null: there is none. */
function made(year: number | null, month: number, day: number, today: string): string | null {
    const of = (y: number): string | null => {
        const text = `${String(y).padStart(4, '0')}-${two(month)}-${two(day)}`;
        return startOf(text) === null ? null : text;
    };
    if (year !== null) {
        return of(year < 100 ? 2000 + year : year);
    }
    const now = Number(today.slice(0, 4));
    const years = Array.from({ length: 9 }, (_, i) => of(now - i)); // the 29th of February comes within that
    return years.find((one) => one !== null && one <= today) ?? null;
}

function fromNumbers(text: string, today: string, locale: string): string | null {
    const iso = /^\d{4}-\d\d?-\d\d?$/.exec(text);
    if (iso) {
        const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
        return made(year, month, day, today);
    }
    const parts = /^(\d\d?)\s*([./-])\s*(\d\d?)(?:\s*[./-]\s*(\d{4}|\d\d)?)?$/.exec(text);
    if (!parts) {
        return null;
    }
    const [first, second] = [Number(parts[1]), Number(parts[3])];
    const isDayFirst = parts[2] === '.' || dayFirst(locale);
    return made(parts[4] === undefined ? null : Number(parts[4]), isDayFirst ? second : first, isDayFirst ? first : second, today);
}

function fromNames(text: string, today: string, locale: string): string | null {
    const words = text.split(/[\s.,]+/u).filter((word) => word !== '');
    const weekday = words.length === 1 ? named(words[0] ?? '', weekdayNames(locale)) : -1;
    if (weekday >= 0) {
        const ago = (new Date((startOf(today) ?? 0) * 1000).getDay() + 6 - weekday) % WEEK;
        return addDays(today, -(ago === 0 ? WEEK : ago));
    }
    const months = monthNames(locale);
    const month = words.map((word) => named(word, months)).find((i) => i >= 0);
    const numbers = words.filter((word) => /^\d+(st|nd|rd|th)?$/.test(word)).map((word) => Number.parseInt(word, 10));
    const [day, year = null] = numbers;
    return month === undefined || day === undefined || words.length !== numbers.length + 1 || numbers.length > 2 ? null : made(year, month + 1, day, today);
}

/** The day that is meant; null: none, or one that is still to come. now: Unix seconds. */
export function parseDay(text: string, now: number, locale: string, words: DayWords): string | null {
    const [query, today] = [folded(text.trim()), dayOf(now)];
    const begins = (word: string): boolean => query.length >= LETTERS && folded(word).startsWith(query);
    if (begins(words.today)) {
        return today;
    }
    if (begins(words.yesterday)) {
        return addDays(today, -1);
    }
    const day = fromNumbers(query, today, locale) ?? fromNames(query, today, locale);
    return day !== null && day <= today ? day : null;
}
