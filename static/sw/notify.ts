// What a rule tells (lib/rule_text.h) as a notification. Browsers take the right away from those that show nothing, so
// what cannot be read is shown as well.
import { number, objectOf, text } from '../app/json.ts';
import { mapAddress } from '../app/urlstate.ts';

export interface News {
    title: string;
    body: string;
    tag: string;
    device: string; // "owner/id"; '' for none
    at: number | null; // Unix seconds
}

const NAMELESS = 'mytracks';

function read(sent: string): unknown {
    try {
        return JSON.parse(sent);
    } catch {
        return null; // as without anything in it
    }
}

export function parseNews(sent: string): News {
    const row = objectOf(read(sent));
    return { title: text(row, 'title') || NAMELESS, body: text(row, 'body'), tag: text(row, 'tag'), device: text(row, 'device'), at: number(row, 'at') };
}

/** Where a click leads: the map, at the device. */
export const pathOf = (device: unknown): string => mapAddress({ device: typeof device === 'string' && device !== '' ? device : null });

/** With timestamp, which TypeScript's library has not got. */
export function optionsOf({ body, tag, device, at }: News, icon: string): NotificationOptions & { timestamp?: number } {
    return { body, tag, icon, badge: icon, data: device, ...(at === null ? {} : { timestamp: at * 1000 }) };
}
