// What a rule tells (lib/rule_text.h) as a notification. Browsers take the right away from those that show nothing, so
// what cannot be read is shown as well.
export interface News {
    title: string;
    body: string;
    tag: string;
    device: string; // "owner/id"; '' for none
    at: number | null; // Unix seconds
}

const NAMELESS = 'mytracks';

export function parseNews(sent: string): News {
    let row: Record<string, unknown> = {};
    try {
        const parsed: unknown = JSON.parse(sent);
        row = typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
    } catch {
        // as without anything in it
    }
    const text = (key: string): string => (typeof row[key] === 'string' ? row[key] : '');
    return { title: text('title') || NAMELESS, body: text('body'), tag: text('tag'), device: text('device'), at: typeof row.at === 'number' ? row.at : null };
}

/** Where a click leads: the map, at the device. */
export function pathOf(device: unknown): string {
    return typeof device !== 'string' || device === '' ? '/' : `/#device=${encodeURIComponent(device).replaceAll('%2F', '/')}`;
}

/** With timestamp, which TypeScript's library has not got. */
export function optionsOf({ body, tag, device, at }: News, icon: string): NotificationOptions & { timestamp?: number } {
    return { body, tag, icon, badge: icon, data: device, ...(at === null ? {} : { timestamp: at * 1000 }) };
}
