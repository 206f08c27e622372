// Which devices are on the map: all but those that the reader took off it. Kept by this browser.

const KEY = 'mytracks-hidden';
const MOST = 1000; // keys that are kept

function kept(): string[] {
    try {
        const list: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
        return Array.isArray(list) ? list.filter((key) => typeof key === 'string') : [];
    } catch {
        return []; // no storage, or not of ours
    }
}

export class Shown {
    private hidden = new Set(kept());

    /** Keys of those that are not on the map, in order. */
    get off(): string[] {
        return [...this.hidden].sort();
    }

    /** As an address has it: until the page is left, or something is changed by hand. */
    take(off: readonly string[]): void {
        this.hidden = new Set(off);
    }

    has(key: string): boolean {
        return !this.hidden.has(key);
    }

    set(key: string, shown: boolean): void {
        this.hidden.delete(key);
        if (!shown) {
            this.hidden.add(key);
        }
        try {
            localStorage.setItem(KEY, JSON.stringify([...this.hidden].slice(-MOST)));
        } catch {
            // storage is switched off: until the page is left
        }
    }
}
