// By how many others one's devices are seen.
import { joined } from './joined.ts';
import { t } from './texts.ts';

export interface Audience {
    friends: number;
    links: number; // public ones
}

/** "12:2:1,13:0:1," as the server writes it, by row of the device. */
export function parseSeen(text: string): Map<number, Audience> {
    return new Map([...text.matchAll(/(\d+):(\d+):(\d+),/g)].map(([, id, friends, links]) => [Number(id), { friends: Number(friends), links: Number(links) }]));
}

/** '' when nobody sees it. */
export function seenText(audience: Audience | undefined): string {
    const { friends = 0, links = 0 } = audience ?? {};
    return joined([friends > 0 ? t('seenBy', { n: friends }) : '', links > 0 ? t('seenByLinks', { n: links }) : ''], ', ');
}
