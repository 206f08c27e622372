// The badge that says honestly how fresh the map is.
import { byId, setText } from './dom.ts';
import type { FeedState } from './feed.ts';
import * as format from './format.ts';
import { t, type TextName } from './texts.ts';

const names: Record<FeedState, TextName> = {
    connecting: 'stateConnecting', live: 'stateLive', polling: 'statePolling',
    reconnecting: 'stateReconnecting', offline: 'stateOffline', 'signed-out': 'stateSignedOut',
};
const agedNames: Partial<Record<FeedState, TextName>> = {
    polling: 'statePollingSince', reconnecting: 'stateReconnectingSince', offline: 'stateOfflineSince',
};

const WORTH_TELLING = 15; // seconds

/** fresh: Unix seconds of the last moment at which something was heard or read; null: never. */
export function stateText(state: FeedState, fresh: number | null, now: number): string {
    const aged = agedNames[state];
    return aged && fresh !== null && now - fresh >= WORTH_TELLING
        ? t(aged, { age: format.age(fresh, now) }) : t(names[state]);
}

export function showState(state: FeedState, fresh: number | null, now: number): void {
    const badge = byId('live-state');
    badge.dataset.state = state;
    setText(badge.querySelector('.badge-text') ?? badge, stateText(state, fresh, now));
}
