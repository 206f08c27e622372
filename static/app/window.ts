// A dialog with a content of its own; ask() in forms.ts is for questions.
import { el } from './dom.ts';
import { t } from './texts.ts';

/** Closes by its button, by Escape, or when close() is called; then it is gone. */
export function openWindow(title: string, content: Node[], actions: Node[] = []): { close: () => void } {
    const leave = el('button', { type: 'button', class: 'button' }, t('close'));
    const node = el('dialog', { class: 'card window', 'aria-labelledby': 'window-title' },
        el('h2', { id: 'window-title' }, title), ...content, el('div', { class: 'button-row' }, ...actions, leave));
    const close = (): void => node.close();
    leave.addEventListener('click', close);
    node.addEventListener('close', () => node.remove());
    document.body.append(node);
    node.showModal();
    return { close };
}
