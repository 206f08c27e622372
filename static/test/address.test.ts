import { deepEqual } from 'node:assert/strict';
import test from 'node:test';
import { Address } from '../app/address.ts';

/** What is written into a browser's address. */
function world(): string[] {
    const written: string[] = [];
    const note = (how: string) => (_: unknown, __: string, url: string): void => {
        written.push(`${how} ${url}`);
        Object.assign(globalThis.location, { hash: url.slice(1) });
    };
    Object.assign(globalThis, { location: { pathname: '/', search: '', hash: '' }, history: { pushState: note('push'), replaceState: note('replace') } });
    return written;
}

test('what a person chooses is a step, what goes on by itself is none, and nothing new is not written', () => {
    const written = world();
    let device = 'a/phone';
    const address = new Address(() => ({ device }));
    address.open = true;
    address.keep(true);
    address.keep(true);
    device = 'a/car';
    address.keep(false);
    deepEqual(written, ['push /#device=a/phone', 'replace /#device=a/car']);
});

test('a step that is taken before the address may be written is one all the same', () => {
    const written = world();
    const address = new Address(() => ({ device: 'a/phone' }));
    address.keep(true);
    deepEqual(written, []);
    address.open = true;
    address.keep(false);
    deepEqual(written, ['push /#device=a/phone']);
});
