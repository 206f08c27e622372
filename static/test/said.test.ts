import { deepEqual, equal, ok } from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { saidIn } from '../app/said.ts';
import { en } from '../texts/en.ts';
import { saidDe } from '../texts/said.de.ts';

const LITERALS = /"(?:[^"\\\n]|\\.)*"(?:\s*"(?:[^"\\\n]|\\.)*")*/g;
/** The texts of C sources, parts of one text joined. */
const literals = (files: string[]): string[] => files.flatMap((file) =>
    [...readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '').matchAll(LITERALS)].map(([text]) => text.replace(/"\s*"/g, '').slice(1, -1)));
const sources = (dir: string): string[] => readdirSync(dir).filter((name) => name.endsWith('.c')).map((name) => `${dir}/${name}`);
const sentences = literals(sources('fcgi')).filter((text) => /^[A-Z].* .*\.$/.test(text) && !text.includes('%'));

/** What programs are told alone. */
const FOR_PROGRAMS = [
    'CSRF Failed: Origin checking failed.', 'Message is too long.', 'The requested resource was not found on this server.',
];

test('what stands in German is what the server says', () => {
    const all = [...literals(sources('fcgi')), ...literals(sources('lib'))].join('\n');
    const strange = saidDe.filter(([said]) => !said.split('{}').filter((part) => /\w/.test(part)).every((part) => all.includes(part)));
    deepEqual(strange, []);
    deepEqual(saidDe.filter(([said, text]) => said.split('{}').length < text.split('{}').length), []);
});

test('every sentence for people has its German', () => {
    const named = new Set<string>(Object.values(en));
    ok(sentences.length > 40);
    deepEqual(sentences.filter((text) => !named.has(text) && !FOR_PROGRAMS.includes(text) && saidIn('de', text) === text), []);
});

test('values go into their places; what is not known stays as it is', () => {
    equal(saidIn('de', 'User \'a $& (b)\' has been deactivated.'), 'Das Konto „a $& (b)“ ist gesperrt.');
    equal(saidIn('de', 'Expected at most 100 SAN entries, each an IP address or an ASCII name of at most 253 characters'),
        'Höchstens 100 Einträge, jeder eine IP-Adresse oder ein Name aus höchstens 253 ASCII-Zeichen');
    equal(saidIn('de', '550 no such box'), '550 no such box');
    equal(saidIn('en', 'Not found'), 'Not found');
});
