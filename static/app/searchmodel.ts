// What the search finds and in which order; no document in here.
import type { TextName } from './texts.ts';

export interface Hit {
    group: TextName;
    label: string;
    /** Told beside it, and searched too. */
    detail?: string;
    icon: string;
    open: () => void;
}

const EACH = 6; // of a group

/** Without case and accents, so that "muller" finds "Müller". */
export const folded = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase();

/** Of one word in a text: 0 is best, null is not in it. */
function scoreOf(word: string, text: string): number | null {
    const at = text.indexOf(word);
    if (at < 0) {
        return null;
    }
    if (at === 0) {
        return text.length === word.length ? 0 : 1;
    }
    return text.split(/[^\p{L}\p{N}]+/u).some((part) => part.startsWith(word)) ? 2 : 3;
}

/** All words have to be in the label or the detail; in the detail counts less. */
export function score(query: string, { label, detail = '' }: Pick<Hit, 'label' | 'detail'>): number | null {
    const words = folded(query).split(/\s+/u).filter((word) => word !== '');
    const [name, more] = [folded(label), folded(detail)];
    let sum = 0;
    for (const word of words) {
        const inDetail = scoreOf(word, more);
        const best = scoreOf(word, name) ?? (inDetail === null ? null : inDetail + 4);
        if (best === null) {
            return null;
        }
        sum += best;
    }
    return sum;
}

/** Those that fit, best first, group by group; the group with the best comes first. Without a query all, as they come. */
export function ranked(query: string, hits: readonly Hit[]): [TextName, Hit[]][] {
    const groups = new Map<TextName, { hit: Hit; points: number }[]>();
    for (const hit of hits) {
        const points = score(query, hit);
        if (points !== null) {
            groups.set(hit.group, [...groups.get(hit.group) ?? [], { hit, points }]);
        }
    }
    const best = (found: { points: number }[]): number => Math.min(...found.map(({ points }) => points));
    return [...groups].map(([group, found]): [TextName, { hit: Hit; points: number }[]] => [group, found.sort((a, b) => a.points - b.points)])
        .sort(([, a], [, b]) => best(a) - best(b))
        .map(([group, found]) => [group, found.slice(0, EACH).map(({ hit }) => hit)]);
}
