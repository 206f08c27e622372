// Which time zone a point is in. A file of its own, for it is a map of the world: loaded when somebody wants to know.
import tzlookup from '@photostructure/tz-lookup';

/** "Europe/Vienna"; null: no such point. */
export function zoneAt(lat: number, lon: number): string | null {
    try {
        return tzlookup(lat, lon);
    } catch {
        return null;
    }
}
