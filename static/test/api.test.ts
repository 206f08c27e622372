import { deepEqual, equal, rejects } from 'node:assert/strict';
import test from 'node:test';
import { askEarly, past, trackPath } from '../app/api.ts';

const track = { seen: 1, last: 1, metres: 0, tolerance: 0, t: [5], lat: [1], lon: [2] };

/** Answers with these one after another and tells what was asked. */
function serve(...answers: unknown[]): string[] {
    const asked: string[] = [];
    globalThis.fetch = (path) => {
        asked.push(path as string);
        const body = answers.shift();
        return body === undefined ? Promise.reject(new Error('no network')) : Promise.resolve(new Response(JSON.stringify(body)));
    };
    return asked;
}

test('what was asked early is not asked again, but once only', async () => {
    const asked = serve(track, { ...track, seen: 2 });
    const path = trackPath('anna/phone', 1, 9, { accuracy: 30, spans: true });
    equal(path, '/api/tracks/?device=anna%2Fphone&start=1&end=9&points=2000&tolerance=1.0&accuracy=30&spans=1');
    askEarly(path);
    const seen = [];
    for (let i = 0; i < 2; i++) {
        seen.push((await past.reduced('anna/phone', 1, 9, { accuracy: 30, spans: true })).seen);
    }
    deepEqual([seen, asked], [[1, 2], [path, path]]);
});

test('who wants it hears that the early question failed', async () => {
    serve();
    askEarly(trackPath('anna/phone', 1, 9, {}));
    await rejects(past.reduced('anna/phone', 1, 9, {}), /no network/);
});
