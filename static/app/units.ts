// Metres or miles: what the reader chose, else what the reader's country uses.

export type Units = 'metric' | 'imperial';

const KEY = 'mytracks-units';
const IMPERIAL = ['US', 'LR', 'MM'];

export function unitsOf(languages: readonly string[]): Units {
    const region = languages.map((tag) => new Intl.Locale(tag).region).find((code) => code !== undefined);
    return region !== undefined && IMPERIAL.includes(region) ? 'imperial' : 'metric';
}

export function readUnits(): Units {
    let kept: string | null = null;
    try {
        kept = localStorage.getItem(KEY);
    } catch {
        // no storage, or no browser
    }
    return kept === 'metric' || kept === 'imperial' ? kept : unitsOf(typeof navigator === 'undefined' ? [] : navigator.languages);
}

export function setUnits(units: Units): void {
    try {
        localStorage.setItem(KEY, units);
    } catch {
        // storage is switched off: the country's stay
    }
}
