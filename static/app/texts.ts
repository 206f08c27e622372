// The reader's language, and texts in it.
import { de } from '../texts/de.ts';
import { en, type Texts } from '../texts/en.ts';
import { saidIn } from './said.ts';

const catalogues: Record<string, Texts> = { en, de };

/** Best of the browser's languages that there is a catalogue for, as a full tag ("de-AT"). */
export function chooseLocale(wanted: readonly string[]): string {
    return wanted.find((tag) => (tag.toLowerCase().split('-')[0] ?? '') in catalogues) ?? 'en';
}

export const locale = chooseLocale(typeof navigator === 'undefined' ? [] : navigator.languages);
const language = locale.toLowerCase().split('-')[0] ?? 'en';
const texts = catalogues[language] ?? en;

export type TextName = keyof Texts;

export type Values = Record<string, string | number>;

const HOLE = /\{(\w+)(?:, plural, ((?:\w+ \{[^{}]*\} ?)+))?\}/g;

/** Puts values into a text, with forms for numbers as in ICU MessageFormat (plural alone). A value that is no number, as
    "1,000+", has the form of many. */
export function fill(text: string, values: Values, tag = locale): string {
    return text.replace(HOLE, (whole, name: string, forms: string | undefined) => {
        const value = values[name];
        if (value === undefined || forms === undefined) {
            return String(value ?? whole);
        }
        const category = typeof value === 'number' ? new Intl.PluralRules(tag).select(value) : 'other';
        const byCategory = new Map([...forms.matchAll(/(\w+) \{([^{}]*)\}/g)].map(([, key, form]) => [key, form]));
        const shown = typeof value === 'number' ? new Intl.NumberFormat(tag).format(value) : value;
        return (byCategory.get(category) ?? byCategory.get('other') ?? whole).replaceAll('#', () => shown);
    });
}

export function t(name: TextName, values: Values = {}): string {
    return fill(texts[name], values);
}

export const isTextName = (name: string | undefined): name is TextName => name !== undefined && name in en;

/** A sentence of the server. */
export const said = (sentence: string): string => saidIn(language, sentence);

function translateTitle(root: Document): void {
    const [name, ...rest] = root.title.split(' · ');
    root.title = [said(name ?? ''), ...rest].join(' · ');
}

/** Puts the reader's language into the texts that the server wrote (English). An empty name: by the text itself. */
export function translatePage(root: Document): void {
    if (language === 'en') {
        return;
    }
    root.documentElement.lang = language;
    translateTitle(root);
    for (const node of root.querySelectorAll<HTMLElement>('[data-t]')) {
        if (isTextName(node.dataset.t)) {
            node.textContent = t(node.dataset.t);
        } else if (node.dataset.t === '') {
            node.textContent = said(node.textContent);
        }
    }
    for (const node of root.querySelectorAll<HTMLElement>('[data-t-label]')) {
        if (isTextName(node.dataset.tLabel)) {
            node.setAttribute('aria-label', t(node.dataset.tLabel));
        }
    }
}
