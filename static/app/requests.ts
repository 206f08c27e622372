// How many people wait for an answer to their request, on every page: the number beside the way to them.
import { setText } from './dom.ts';
import { parseRequests } from './people.ts';
import { t } from './texts.ts';

const POLL = 60_000; // ms

export function showAsking(count: number): void {
    for (const badge of document.querySelectorAll<HTMLElement>('.asking')) {
        badge.hidden = count === 0;
        setText(badge.firstElementChild ?? badge, String(count));
        badge.setAttribute('aria-label', t('friendsWaiting', { n: count }));
    }
}

async function look(): Promise<void> {
    if (document.hidden) {
        return;
    }
    try {
        const answer = await fetch('/api/friends/requests/', { headers: { Accept: 'application/json' } });
        if (answer.ok) {
            showAsking(parseRequests(await answer.json()).received.length);
        }
    } catch {
        // no network: what is shown stays
    }
}

/** known: what the page was made with; null: it does not say. */
export function watchRequests(known: number | null): void {
    if (document.querySelector('.asking') === null) {
        return;
    }
    if (known === null) {
        void look();
    } else {
        showAsking(known);
    }
    setInterval(() => void look(), POLL);
    document.addEventListener('visibilitychange', () => void look());
}
