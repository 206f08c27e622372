// A colour for each device that stays the same from visit to visit.

/** White text on each has a contrast of 4.5 or more; neighbours in the list look unlike. */
export const palette = [
    '#2451d6', '#c2410c', '#157f3c', '#7c3aed', '#b91c2e', '#0e7490',
    '#a8199c', '#8a5a00', '#475569', '#5f6f0c', '#7a3b14', '#1f2937',
] as const;

/** FNV-1a, 32 bits. */
export function hash(text: string): number {
    let h = 0x811c9dc5;
    for (const byte of new TextEncoder().encode(text)) {
        h = Math.imul(h ^ byte, 0x01000193) >>> 0;
    }
    return h;
}

/** Colours by key. Keys come oldest first: each takes the colour its hash names, or the next free one,
    so a new device never changes the colour of those before it. When all are taken they repeat. */
export function assignColours(keys: readonly string[]): Map<string, string> {
    const result = new Map<string, string>();
    const taken = new Set<number>();
    for (const key of keys) {
        if (taken.size === palette.length) {
            taken.clear();
        }
        let i = hash(key) % palette.length;
        while (taken.has(i)) {
            i = (i + 1) % palette.length;
        }
        taken.add(i);
        result.set(key, palette[i] ?? palette[0]);
    }
    return result;
}

/** What the server says was chosen: "12:#2451d6,13:#c2410c," by row of the device. */
export function parseColours(text: string): Map<number, string> {
    return new Map([...text.matchAll(/(\d+):(#[0-9a-f]{6}),/g)].map(([, id, colour]) => [Number(id), colour ?? '']));
}

/** "#rrggbb" with so much white (0..1) mixed in. */
export function lighten(colour: string, white: number): string {
    const part = (at: number): string => {
        const value = parseInt(colour.slice(at, at + 2), 16);
        return Math.round(value + (255 - value) * white).toString(16).padStart(2, '0');
    };
    return `#${part(1)}${part(3)}${part(5)}`;
}

/** How a line of that colour looks on the map of a theme: on a dark one, lighter. */
export const lineColour = (colour: string, dark: boolean): string => (dark ? lighten(colour, 0.35) : colour);
