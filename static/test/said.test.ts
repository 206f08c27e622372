import { deepEqual, equal, ok } from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { saidIn } from '../app/said.ts';
import { en } from '../texts/en.ts';
import { saidDe } from '../texts/said.de.ts';

const LITERALS = /"(?:[^"\\\n]|\\.)*"(?:\s*"(?:[^"\\\n]|\\.)*")*/g;
/** The texts of C sources, parts of one text joined. */
const literals = (files: string[]): string[] => files.flatMap((file) =>
    [...readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|'"'/g, '').matchAll(LITERALS)]
        .map(([text]) => text.replace(/"\s*"/g, '').slice(1, -1).replaceAll('\\\\', '\\')));
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

/** Of what reads the files of an import: words with blanks between them, values as they would be. */
const reasons = literals(['import', 'import_csv', 'import_gpx', 'import_json', 'import_shapes', 'ot_mqtt', 'jsonin', 'jsonlex'].map((name) => `lib/${name}.c`))
    .filter((text) => /^\S+ .*\S$/.test(text)).map((text) => text.replaceAll(/%[\d.*]*z?[usx]/g, '7'));

test('every reason to refuse a part of an imported file has its German', () => {
    ok(reasons.length > 60);
    deepEqual(reasons.filter((text) => saidIn('de', text) === text), []);
});

test('a reason within a sentence is in German too, another value never', () => {
    equal(saidIn('de', 'No position could be stored. Line 7: Expecting value: line 1 column 10 (char 9)'),
        'Keine Position ließ sich speichern. Zeile 7: hier fehlt ein Wert: Zeile 1, Spalte 10 (Zeichen 9)');
    equal(saidIn('de', 'User \'Profile\' already exists'), 'Den Benutzer „Profile“ gibt es schon');
});

test('values go into their places; what is not known stays as it is', () => {
    equal(saidIn('de', 'User \'a $& (b)\' has been deactivated.'), 'Das Konto „a $& (b)“ ist gesperrt.');
    equal(saidIn('de', 'Expected at most 100 SAN entries, each an IP address or an ASCII name of at most 253 characters'),
        'Höchstens 100 Einträge, jeder eine IP-Adresse oder ein Name aus höchstens 253 ASCII-Zeichen');
    equal(saidIn('de', '550 no such box'), '550 no such box');
    equal(saidIn('en', 'Not found'), 'Not found');
});
