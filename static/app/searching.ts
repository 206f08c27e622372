// Opens the search, whose code is a part of its own.
import type { Place } from './map.ts';
import type { Device } from './store.ts';
import { loadPart } from './version.ts';

declare const SEARCH_URL: string;

export interface SearchHost {
    devices: readonly Device[];
    viewer: string;
    staff: boolean;
    openDevice(key: string): void;
    openPlace(place: Place): void;
    /** "2026-03-06" */
    openDay(day: string): void;
    openPage(address: string): void;
}

export async function search(host: () => SearchHost): Promise<void> {
    const part = await loadPart<typeof import('./search.ts')>(SEARCH_URL);
    if (part && !document.querySelector('dialog[open]')) {
        part.openSearch(host());
    }
}
