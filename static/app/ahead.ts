// What the page's address will need is asked for before anything else.
import { askEarly, trackPath } from './api.ts';
import { endOfDay, startOfDay } from './format.ts';
import { trackWanted } from './history.ts';
import { boundsOf, parsePeriod } from './period.ts';
import { sinceOf } from './reach.ts';
import { todayWanted } from './today.ts';
import type { UrlState } from './urlstate.ts';

/** accuracy: metres, 0 for all; now: Unix seconds. */
export function askAhead({ device, day, trail }: Pick<UrlState, 'device' | 'day' | 'trail'>, accuracy: number, now: number): void {
    const period = day === null ? null : parsePeriod(day);
    if (device !== null && period) {
        askEarly(trackPath(device, ...boundsOf(period), trackWanted(period, accuracy)));
    } else if (device !== null && day === null && sinceOf(trail ?? 0) === null) {
        askEarly(trackPath(device, startOfDay(now), endOfDay(now) - 1, todayWanted(accuracy)));
    }
}
