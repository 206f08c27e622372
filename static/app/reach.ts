// How far back trails reach: some hours, to the latest positions whenever they were, or to a moment ("from now").

export type Reach = number | 'latest' | { since: number }; // hours, 0: no trails; Unix seconds

const KEY = 'mytracks-trails';
const HOURS = [0, 0.5, 1, 6, 24];
export const DEFAULT_REACH: Reach = 1;

export const sinceOf = (reach: Reach): number | null => (typeof reach === 'object' ? reach.since : null);

/** For the address and the menu: "6", "latest", "from1790000000". */
export const formatReach = (reach: Reach): string => (typeof reach === 'object' ? `from${reach.since}` : String(reach));

export function parseReach(text: string | null): Reach | null {
    const since = /^from(\d{9,11})$/.exec(text ?? '')?.[1];
    if (since !== undefined) {
        return { since: Number(since) };
    }
    const hours = text === null || text === '' ? NaN : Number(text);
    return text === 'latest' ? 'latest' : HOURS.includes(hours) ? hours : null;
}

/** As this browser keeps it. */
export function readReach(): Reach {
    try {
        return parseReach(localStorage.getItem(KEY)) ?? DEFAULT_REACH;
    } catch {
        return DEFAULT_REACH;
    }
}

/** A moment is of the page that is open alone. */
export function keepReach(reach: Reach): void {
    try {
        if (sinceOf(reach) === null) {
            localStorage.setItem(KEY, formatReach(reach));
        }
    } catch {
        // storage is switched off: until the page is left
    }
}
