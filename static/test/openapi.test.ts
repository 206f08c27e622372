import { deepEqual, equal, ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { describe, typeText } from '../app/openapi.ts';

for (const [schema, words] of [
    [{ type: 'string' }, 'string'],
    [{ type: 'string', format: 'date-time' }, 'date-time'],
    [{ type: ['integer', 'null'] }, 'integer or null'],
    [{ $ref: '#/components/schemas/Device' }, 'Device'],
    [{ type: 'array', items: { $ref: '#/components/schemas/Device' } }, 'list of Device'],
    [{ type: 'array', maxItems: 0 }, 'empty list'],
    [{ const: 'ok' }, '"ok"'],
    [{ enum: [1, 'a'] }, '1 or "a"'],
    [{ anyOf: [{ type: 'null' }, { $ref: '#/x/Y' }] }, 'null or Y'],
    [{}, 'any value'],
    [null, 'any value'],
] as const) {
    test(`type ${JSON.stringify(schema)}`, () => equal(typeText(schema), words));
}

const ours = describe(JSON.parse(readFileSync('fcgi/openapi.json', 'utf8')));

test('our description: every operation is in a group, everything has a name', () => {
    const operations = ours.groups.flatMap((group) => group.operations);
    ok(operations.length > 50);
    ok(ours.groups.every((group) => group.operations.length > 0 && group.about !== ''));
    for (const op of operations) {
        ok(op.id !== '' && op.summary !== '' && op.path.startsWith('/') && op.answers.length > 0 && op.access.length > 0, op.path);
        for (const line of [...op.parameters, ...op.request.flatMap((body) => body.members)]) {
            ok(line.name !== '' && line.type !== '', op.id);
        }
    }
});

test('references, shared parameters and limits are resolved', () => {
    const find = (id: string) => ours.groups.flatMap((group) => group.operations).find((op) => op.id === id);
    const one = find('listDeviceLocations');
    deepEqual(one?.parameters.map(({ name, place, required }) => [name, place, required]),
        [['device_id', 'path', true], ['owner', 'query', false], ['limit', 'query', false], ['offset', 'query', false]]);
    ok(one?.parameters[2]?.about.endsWith('from 1, default 100'));
    deepEqual(one?.access, ['session', 'basic']);
    deepEqual(find('health')?.access, ['']);
    deepEqual(find('pairDomesti')?.request[0]?.members.map(({ name, required }) => [name, required]).at(-1), ['domesti_base_url', false]);
    equal(find('getDevice')?.answers[0]?.bodies[0]?.type, 'Device');
});

test('nonsense is an empty description', () => {
    for (const value of [null, 1, [], { paths: [], tags: 1 }, { tags: [null], paths: { '/': null }, components: 0 }]) {
        ok(describe(value).schemas.length === 0);
    }
});
