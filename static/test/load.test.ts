import { equal, rejects } from 'node:assert/strict';
import test from 'node:test';
import { load } from '../app/load.ts';

test('a script that failed is loaded anew, one that did not is the same', async () => {
    const script = 'globalThis.tries = (globalThis.tries ?? 0) + 1; if (globalThis.tries < 3) throw new Error("no"); export const { tries } = globalThis;';
    const url = `data:text/javascript,${encodeURIComponent(script)}`;
    await rejects(load(url), /no/);
    await rejects(load(url), /no/);
    const first = await load<{ tries: number }>(url);
    equal(first.tries, 3);
    equal(await load(url), first);
});
