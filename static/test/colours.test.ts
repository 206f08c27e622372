import { equal, ok } from 'node:assert/strict';
import test from 'node:test';
import { assignColours, hash, lighten, lineColour, palette, parseColours } from '../app/colours.ts';

const keys = Array.from({ length: 40 }, (_, i) => `user${i % 7}/device${i}`);

/** WCAG relative luminance. */
function luminance(colour: string): number {
    const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
        const c = parseInt(colour.slice(at, at + 2), 16) / 255;
        return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

test('FNV-1a as published', () => {
    equal(hash(''), 0x811c9dc5);
    equal(hash('a'), 0xe40c292c);
    equal(hash('foobar'), 0xbf9cf968);
});

test('colours that were chosen', () => {
    equal(parseColours('').size, 0);
    equal([...parseColours('12:#2451d6,7:#c2410c,').entries()].join(';'), '12,#2451d6;7,#c2410c');
    equal(parseColours('12:red,x:#123456').size, 0);
});

test('no two of as many devices as there are colours look the same', () => {
    for (let n = 1; n <= palette.length; n++) {
        equal(new Set(assignColours(keys.slice(0, n)).values()).size, n);
    }
});

test('a new device changes nobody else', () => {
    for (let n = 1; n < keys.length; n++) {
        const before = assignColours(keys.slice(0, n));
        const after = assignColours(keys.slice(0, n + 1));
        for (const [key, colour] of before) {
            equal(after.get(key), colour);
        }
    }
});

test('beyond the palette colours repeat evenly', () => {
    const uses = new Map<string, number>();
    for (const colour of assignColours(keys.slice(0, 3 * palette.length)).values()) {
        uses.set(colour, (uses.get(colour) ?? 0) + 1);
    }
    ok([...uses.values()].every((n) => n === 3));
});

test('white letters are readable on every colour', () => {
    for (const colour of palette) {
        ok(1.05 / (luminance(colour) + 0.05) >= 4.5, colour);
    }
});

test('lighten', () => {
    equal(lighten('#000000', 0.5), '#808080');
    equal(lighten('#2451d6', 0), '#2451d6');
    equal(lighten('#2451d6', 1), '#ffffff');
});

test('a line on a dark map is lighter', () => {
    equal(lineColour('#2451d6', false), '#2451d6');
    equal(lineColour('#2451d6', true), lighten('#2451d6', 0.35));
});
