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

/** Beside a field in metres, for who thinks in feet: what it is in those. What it gives is to be called after the field was set
    by a script. */
export function inOwnUnits(field: HTMLInputElement, write: (metres: number) => string): () => void {
    if (readUnits() !== 'imperial') {
        return () => undefined;
    }
    const note = document.createElement('span');
    note.className = 'muted';
    const show = (): void => {
        const metres = Number.parseFloat(field.value);
        note.textContent = metres > 0 ? `= ${write(metres)}` : '';
    };
    field.after(note);
    field.addEventListener('input', show);
    show();
    return show;
}
