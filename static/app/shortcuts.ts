// Keys of the map page, and the sheet that tells them.
import { byId, el } from './dom.ts';
import { startEscape } from './escape.ts';
import { t, type TextName } from './texts.ts';

export interface Shortcut {
    key: string; // as KeyboardEvent.key
    text: TextName;
    run: () => void;
}

/** Keys that are typed into something, or belong to the browser, are not ours. */
function isOurs(event: KeyboardEvent): boolean {
    const { target } = event;
    const typing = target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
    return !typing && !event.ctrlKey && !event.metaKey && !event.altKey && !event.defaultPrevented && !document.querySelector('dialog[open]');
}

function sheet(shortcuts: readonly Shortcut[]): HTMLDialogElement {
    const rows = shortcuts.map(({ key, text }) => el('div', {}, el('dt', {}, el('kbd', {}, key === 'Escape' ? 'Esc' : key)), el('dd', {}, t(text))));
    const dialog = el('dialog', { class: 'card', 'aria-labelledby': 'keys-title' }, el('form', { method: 'dialog' },
        el('h2', { id: 'keys-title' }, t('shortcuts')), el('dl', { class: 'keys' }, ...rows),
        el('div', { class: 'button-row' }, el('button', { class: 'button primary' }, t('close')))));
    document.body.append(dialog);
    return dialog;
}

export function startShortcuts(shortcuts: readonly Shortcut[]): void {
    let dialog: HTMLDialogElement | null = null;
    const all: Shortcut[] = [...shortcuts, { key: '?', text: 'keyHelp', run: () => (dialog ??= sheet(all)).showModal() }];
    startEscape();
    document.addEventListener('keydown', (event) => {
        const one = all.find(({ key }) => key === event.key);
        if (one && isOurs(event)) {
            event.preventDefault();
            one.run();
        }
    });
    byId('show-keys').addEventListener('click', () => all.at(-1)?.run());
}
