// Short messages at the edge of the page, read out by screen readers.
import { byId, el, icon } from './dom.ts';
import { t } from './texts.ts';

export interface ToastOptions {
    action?: { label: string; run: () => void };
    /** Stays until it is answered. */
    sticky?: boolean;
    /** It can be closed without the action; is told. */
    closed?: () => void;
}

const SHOWN_FOR = 8000; // ms

/** Returns a function that takes the message away. A message that is shown already is not doubled. */
export function toast(text: string, options: ToastOptions = {}): () => void {
    const box = byId('toasts');
    for (const old of box.querySelectorAll('.toast')) {
        if (old.querySelector('.toast-text')?.textContent === text) {
            old.remove();
        }
    }
    const node = el('div', { class: 'toast' }, el('span', { class: 'toast-text' }, text));
    const remove = (): void => node.remove();
    if (options.action) {
        const { label, run } = options.action;
        const button = el('button', { type: 'button', class: 'button' }, label);
        button.addEventListener('click', () => {
            remove();
            run();
        });
        node.append(button);
    }
    if (options.sticky !== true || options.closed) {
        const close = el('button', { type: 'button', class: 'button icon-button', 'aria-label': t('close') }, icon('close'));
        close.addEventListener('click', () => {
            remove();
            options.closed?.();
        });
        node.append(close);
    }
    if (options.sticky !== true) {
        setTimeout(remove, SHOWN_FOR);
    }
    box.append(node);
    return remove;
}
