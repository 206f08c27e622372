import { deepEqual, equal } from 'node:assert/strict';
import test from 'node:test';
import { parseFence } from '../app/model.ts';

const row = { id: 7, label: 'Home', latitude: 48.2, longitude: 16.3, radius: 100 };

test('a place as the server tells it', () => deepEqual(parseFence(row), { id: 7, label: 'Home', lat: 48.2, lon: 16.3, radius: 100 }));

for (const change of [{ id: '7' }, { label: null }, { latitude: '48' }, { longitude: undefined }, { radius: {} }]) {
    test(`no place: ${JSON.stringify(change)}`, () => equal(parseFence({ ...row, ...change }), null));
}

test('nothing is no place', () => equal(parseFence(null), null));
