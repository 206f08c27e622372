// The reader's language, and texts in it.
import { de } from '../texts/de.ts';
import { en, type Texts } from '../texts/en.ts';

const catalogues: Record<string, Texts> = { en, de };

/** Best of the browser's languages that there is a catalogue for, as a full tag ("de-AT"). */
export function chooseLocale(wanted: readonly string[]): string {
    return wanted.find((tag) => (tag.toLowerCase().split('-')[0] ?? '') in catalogues) ?? 'en';
}

export const locale = chooseLocale(typeof navigator === 'undefined' ? [] : navigator.languages);
const language = locale.toLowerCase().split('-')[0] ?? 'en';
const texts = catalogues[language] ?? en;

export type TextName = keyof Texts;

export function fill(text: string, values: Record<string, string | number>): string {
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export function t(name: TextName, values: Record<string, string | number> = {}): string {
    return fill(texts[name], values);
}

export const isTextName = (name: string | undefined): name is TextName => name !== undefined && name in en;

/** Puts the reader's language into the texts that the server wrote (English). */
export function translatePage(root: Document): void {
    if (language === 'en') {
        return;
    }
    root.documentElement.lang = language;
    for (const node of root.querySelectorAll<HTMLElement>('[data-t]')) {
        if (isTextName(node.dataset.t)) {
            node.textContent = t(node.dataset.t);
        }
    }
    for (const node of root.querySelectorAll<HTMLElement>('[data-t-label]')) {
        if (isTextName(node.dataset.tLabel)) {
            node.setAttribute('aria-label', t(node.dataset.tLabel));
        }
    }
}
