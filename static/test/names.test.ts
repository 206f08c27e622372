import { deepEqual } from 'node:assert/strict';
import test from 'node:test';
import { parseName } from '../app/names.ts';

const cases: [string, ReturnType<typeof parseName>][] = [
    ['tracks.example.org', { name: 'tracks.example.org', kind: 'host' }],
    [' Tracks.Example.ORG. ', { name: 'tracks.example.org', kind: 'host' }],
    ['nas', { name: 'nas', kind: 'host' }],
    ['my_nas-2.lan', { name: 'my_nas-2.lan', kind: 'host' }],
    ['*.example.org', { name: '*.example.org', kind: 'host' }],
    ['müller.example', { name: 'xn--mller-kva.example', kind: 'host' }],
    ['192.168.1.10', { name: '192.168.1.10', kind: 'address' }],
    ['2001:DB8:0::1', { name: '2001:db8::1', kind: 'address' }],
    ['[::1]', { name: '::1', kind: 'address' }],
    ['', { error: 'nameEmpty' }],
    ['300.1.1.1', { error: 'addressBad' }],
    ['1.2.3', { error: 'addressBad' }],
    ['10.0.0.0/8', { error: 'nameOnly' }],
    ['https://tracks.example.org', { error: 'nameOnly' }],
    ['tracks.example.org:8883', { error: 'addressBad' }],
    ['me@example.org', { error: 'nameOnly' }],
    ['a b', { error: 'nameOnly' }],
    ['-a.example', { error: 'nameBad' }],
    ['a..b', { error: 'nameBad' }],
    ['*.*.example', { error: 'nameBad' }],
    ['a<b>.example', { error: 'nameBad' }],
    [`${'a'.repeat(64)}.example`, { error: 'nameBad' }],
    [`${'a.'.repeat(130)}example`, { error: 'nameBad' }],
];

for (const [typed, wanted] of cases) {
    test(`name in a certificate: ${typed.slice(0, 40)}`, () => deepEqual(parseName(typed), wanted));
}
