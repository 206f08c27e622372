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
    const typing = target instanceof HTMLElement && (target.isContentEditable || target.matches('input:not([type=checkbox], [type=radio]), textarea, select'));
    return !typing && !event.ctrlKey && !event.metaKey && !event.altKey && !event.defaultPrevented && !document.querySelector('dialog[open]');
}

const KEY = 'mytracks-keys';

/** Keys of one letter can be switched off (WCAG 2.1.4): who speaks to the machine would press them without knowing. */
class OneLetterKeys {
    on = true;

    constructor() {
        try {
            this.on = localStorage.getItem(KEY) !== 'off';
        } catch {
            // no storage: as it begins
        }
    }

    set(on: boolean): void {
        this.on = on;
        try {
            localStorage.setItem(KEY, on ? 'on' : 'off');
        } catch {
            // storage is switched off: until the page is left
        }
    }
}

function sheet(shortcuts: readonly Shortcut[], letters: OneLetterKeys): HTMLDialogElement {
    const rows = shortcuts.map(({ key, text }) => el('div', {}, el('dt', {}, el('kbd', {}, key === 'Escape' ? 'Esc' : key)), el('dd', {}, t(text))));
    const box = el('input', { type: 'checkbox', id: 'keys-on', 'aria-describedby': 'keys-hint' });
    box.checked = letters.on;
    box.addEventListener('change', () => letters.set(box.checked));
    const dialog = el('dialog', { class: 'card', 'aria-labelledby': 'keys-title' }, el('form', { method: 'dialog' },
        el('h2', { id: 'keys-title' }, t('shortcuts')), el('dl', { class: 'keys' }, ...rows),
        el('label', { class: 'choice' }, box, ' ', el('span', {}, t('keysOneLetter'))), el('p', { class: 'muted', id: 'keys-hint' }, t('keysOffHint')),
        el('div', { class: 'button-row' }, el('button', { class: 'button primary' }, t('close')))));
    document.body.append(dialog);
    return dialog;
}

export function startShortcuts(shortcuts: readonly Shortcut[]): void {
    const letters = new OneLetterKeys();
    let dialog: HTMLDialogElement | null = null;
    const help: Shortcut = { key: '?', text: 'keyHelp', run: () => (dialog ??= sheet(all, letters)).showModal() };
    const all: Shortcut[] = [...shortcuts, help];
    startEscape();
    document.addEventListener('keydown', (event) => {
        const one = all.find(({ key }) => key === event.key);
        if (one && isOurs(event) && (letters.on || one.key.length > 1)) {
            event.preventDefault();
            one.run();
        }
    });
    byId('show-keys').addEventListener('click', help.run);
}
