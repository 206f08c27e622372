// Keys of the map page.
import { startShortcuts } from './shortcuts.ts';

export interface MapActions {
    /** The next device of the list, or in the past the next position. */
    step(by: 1 | -1): void;
    /** In the past, the time before or after. */
    stepTime(by: 1 | -1): void;
    follow(): void;
    history(): void;
    showAll(): void;
    search(): void;
    back(): void;
}

export function mapKeys(actions: MapActions): void {
    startShortcuts([
        { key: '/', text: 'search', run: () => actions.search() },
        { key: 'j', text: 'keyNext', run: () => actions.step(1) },
        { key: 'k', text: 'keyBefore', run: () => actions.step(-1) },
        { key: 'f', text: 'follow', run: () => actions.follow() },
        { key: 'h', text: 'history', run: () => actions.history() },
        { key: '[', text: 'periodBefore', run: () => actions.stepTime(-1) },
        { key: ']', text: 'periodAfter', run: () => actions.stepTime(1) },
        { key: 'a', text: 'showAll', run: () => actions.showAll() },
        { key: 'Escape', text: 'keyBack', run: () => actions.back() },
    ]);
}
