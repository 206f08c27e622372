// One line, once, to those who come back: it can be an app of its own.
import { t } from './texts.ts';
import { toast } from './toast.ts';

const KEY = 'mytracks-visits';
const DAYS = 3; // on which it was used before it is offered
const ANSWERED = 'answered';

/** What Chromium offers; other browsers have it in their menu. */
interface InstallOffer extends Event {
    prompt(): Promise<unknown>;
}

const isOffer = (event: Event): event is InstallOffer => 'prompt' in event;

/** Whether it was used on enough days, this one counted. */
export function isUsed(kept: string | null, day: string): { days: string; enough: boolean } {
    if (kept === ANSWERED) {
        return { days: ANSWERED, enough: false };
    }
    const days = [...new Set([...(kept ?? '').split(' ').filter(Boolean), day])].slice(-DAYS);
    return { days: days.join(' '), enough: days.length >= DAYS };
}

function offer(event: InstallOffer): void {
    const answered = (): void => localStorage.setItem(KEY, ANSWERED);
    toast(t('installOffer'), { closed: answered, sticky: true, action: { label: t('install'), run: () => {
        answered();
        void event.prompt();
    } } });
}

export function startInstall(): void {
    window.addEventListener('beforeinstallprompt', (event) => {
        event.preventDefault(); // its own banner would come at once
        const { days, enough } = isUsed(localStorage.getItem(KEY), new Date().toISOString().slice(0, 10));
        localStorage.setItem(KEY, days);
        if (enough && isOffer(event)) {
            offer(event);
        }
    });
}
