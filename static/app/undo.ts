// What is removed goes when nobody has taken that back for a while, or when the page is left.
import { t } from './texts.ts';
import { toast } from './toast.ts';

const UNDO_FOR = 8000; // ms: as long as the message is shown
const pending = new Set<() => void>();

addEventListener('pagehide', () => [...pending].forEach((now) => now()));

/** Tells text with a button that takes it back; runs either removal or back, once. */
export function undoable(text: string, removal: () => Promise<void>, back: () => void): void {
    const now = (): void => {
        clearTimeout(timer);
        if (pending.delete(now)) {
            void removal();
        }
    };
    const timer = setTimeout(now, UNDO_FOR);
    pending.add(now);
    toast(text, {
        action: {
            label: t('undo'),
            run: () => {
                clearTimeout(timer);
                if (pending.delete(now)) {
                    back();
                }
            },
        },
    });
}
