// What the server says in English, in the reader's language.
import { saidDe } from '../texts/said.de.ts';

const catalogues: Record<string, readonly (readonly [string, string])[]> = { de: saidDe };

interface Pattern {
    wanted: RegExp;
    text: string;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const known = new Map<string, Pattern[]>();

/** A pattern's holes are "{}"; the longest comes first, so that the most exact one is found. */
function patterns(language: string): Pattern[] {
    const before = known.get(language);
    if (before) {
        return before;
    }
    const made = [...catalogues[language] ?? []].sort(([a], [b]) => b.length - a.length)
        .map(([said, text]) => ({ wanted: new RegExp(`^${said.split('{}').map(escaped).join('(.*?)')}$`, 's'), text }));
    known.set(language, made);
    return made;
}

/** The sentence itself where nothing is known of it. What fills "{said}" is a sentence of the server too; "{}" stays as it is. */
export function saidIn(language: string, sentence: string): string {
    for (const { wanted, text } of patterns(language)) {
        const found = wanted.exec(sentence);
        if (found) {
            let hole = 0;
            return text.replaceAll(/\{(said)?\}/g, (_, inner: string | undefined) => {
                const value = found[++hole] ?? '';
                return inner ? saidIn(language, value) : value;
            });
        }
    }
    return sentence;
}
