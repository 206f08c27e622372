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
    private readonly hidden = new Set(kept());

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
