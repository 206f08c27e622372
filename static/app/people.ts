// What the API tells of people, checked; and waiting until somebody has stopped typing.
import { isObject } from './model.ts';

export interface Person {
    id: number; // 0: not told
    username: string;
    name: string; // first and last name, else the user name
}

export interface FriendRequest {
    id: number;
    who: Person; // the other one
}

export interface Requests {
    received: FriendRequest[];
    sent: FriendRequest[];
}

export function parsePerson(row: unknown): Person | null {
    if (!isObject(row) || typeof row.username !== 'string') {
        return null;
    }
    const names = [row.first_name, row.last_name].filter((part) => typeof part === 'string' && part !== '');
    return {
        id: typeof row.user_id === 'number' ? row.user_id : 0,
        username: row.username,
        name: names.join(' ') || row.username,
    };
}

function requests(rows: unknown, other: 'from_user' | 'to_user'): FriendRequest[] {
    const found: FriendRequest[] = [];
    for (const row of Array.isArray(rows) ? rows : []) {
        const username = isObject(row) ? row[other] : null;
        if (isObject(row) && typeof row.id === 'number' && typeof username === 'string') {
            found.push({ id: row.id, who: { id: 0, username, name: username } });
        }
    }
    return found;
}

export function parseRequests(body: unknown): Requests {
    const { received, sent } = isObject(body) ? body : {};
    return { received: requests(received, 'from_user'), sent: requests(sent, 'to_user') };
}

/** Runs what was asked for last, once nobody has asked for a while. */
export function debounce(ms: number, run: () => void | Promise<void>): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    return () => {
        clearTimeout(timer);
        timer = setTimeout(() => void run(), ms);
    };
}
