import { deepEqual, equal, ok } from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { stateText } from '../app/badge.ts';
import { nearestStop, stopHeight } from '../app/sheet.ts';
import { chooseLocale, fill, t } from '../app/texts.ts';
import { de } from '../texts/de.ts';
import { en } from '../texts/en.ts';

const names = Object.keys(en) as (keyof typeof en)[];
const PLURAL = /\{(\w+), plural, ((?:\w+ \{[^{}]*\} ?)+)\}/g;
const holes = (text: string): string[] => [...text.replace(PLURAL, '{$1}').matchAll(/\{\w+\}/g)].map(([hole]) => hole).sort();
const plurals = (text: string): string[] => [...text.matchAll(PLURAL)].map(([, , forms]) => forms ?? '');

test('every text exists in German, with the same values in it', () => {
    deepEqual(Object.keys(de).sort(), [...names].sort());
    for (const name of names) {
        deepEqual(holes(de[name]), holes(en[name]), name);
        ok(de[name].trim() !== '');
    }
});

test('English texts in templates are those of the catalogue', () => {
    let checked = 0;
    for (const file of readdirSync('templates').filter((one) => one.endsWith('.tmpl'))) {
        const html = readFileSync(`templates/${file}`, 'utf8');
        for (const [, name, text] of html.matchAll(/ data-t="(\w+)"[^>]*>([^<]*)</g)) {
            equal(text, en[name as keyof typeof en], `${file}: ${name}`);
            checked++;
        }
        for (const [, text, name] of html.matchAll(/ aria-label="([^"]*)" data-t-label="(\w+)"/g)) {
            equal(text, en[name as keyof typeof en], `${file}: ${name}`);
            checked++;
        }
        equal((html.match(/ data-t(-label)?="\w/g) ?? []).length, // others are chosen by the server
            (html.match(/ data-t="\w+"[^>]*>[^<]*</g) ?? []).length
            + (html.match(/ aria-label="[^"]*" data-t-label="/g) ?? []).length, file);
    }
    ok(checked > 20);
});

test('every text is used', () => {
    const dir = (path: string, ext: string): string =>
        readdirSync(path).filter((one) => one.endsWith(ext)).map((one) => readFileSync(`${path}/${one}`, 'utf8')).join('\n');
    const source = dir('static/app', '.ts') + dir('templates', '.tmpl') + dir('fcgi', '.c');
    deepEqual(names.filter((name) => !new RegExp(`['"]${name}['"]`).test(source)), []);
});

test('the language is the first of the browser’s that we speak', () => {
    equal(chooseLocale(['fr', 'de-AT', 'en']), 'de-AT');
    equal(chooseLocale(['en-GB', 'de']), 'en-GB');
    equal(chooseLocale(['fr']), 'en');
    equal(chooseLocale([]), 'en');
});

test('values are put in', () => {
    equal(t('minutesAgo', { n: 3 }), '3 min ago');
    equal(fill('{a} {b} {a}', { a: '{b}', b: 1 }), '{b} 1 {b}');
    equal(fill('{missing}', {}), '{missing}');
});

test('numbers have the form that the language wants', () => {
    const days = '{n, plural, one {# day} other {# days}} of {all}';
    equal(fill(days, { n: 1, all: 2 }, 'en'), '1 day of 2');
    equal(fill(days, { n: 1234, all: '#' }, 'en'), '1,234 days of #');
    equal(fill(days, { n: '{all}+', all: 0 }, 'en'), '{all}+ days of 0');
    equal(fill('{n, plural, one {# день} few {# дня} many {# дней} other {# дня}}', { n: 22 }, 'ru'), '22 дня');
    for (const [language, catalogue] of Object.entries({ en, de })) {
        const wanted = new Intl.PluralRules(language).resolvedOptions().pluralCategories.sort();
        for (const text of Object.values(catalogue)) {
            ok(text.split(', plural,').length - 1 === plurals(text).length, text);
            plurals(text).forEach((forms) => deepEqual([...forms.matchAll(/(\w+) \{/g)].map(([, key]) => key).sort(), wanted, text));
        }
    }
});

test('the badge tells the age of what is shown once that matters', () => {
    equal(stateText('live', 0, 1000), 'Live');
    equal(stateText('reconnecting', 995, 1000), 'Reconnecting');
    equal(stateText('reconnecting', 880, 1000), 'Reconnecting · data from 2 min ago');
    equal(stateText('polling', 995, 1000), 'Updates every 10 s');
    equal(stateText('polling', 980, 1000), 'Every 10 s · data from 20 s ago');
    equal(stateText('offline', null, 1000), 'Offline');
    equal(stateText('offline', 900, 1000), 'Offline · data from 1 min ago');
    equal(stateText('signed-out', 0, 1000), 'Signed out');
});

test('the sheet stops where it should, also on small screens', () => {
    for (const screen of [320, 568, 844, 1100]) {
        const heights = (['peek', 'half', 'full'] as const).map((stop) => stopHeight(stop, screen));
        ok(heights.every((height, i) => height > 0 && height < screen && height >= (heights[i - 1] ?? 0)));
        equal(nearestStop(0, screen), 'peek');
        equal(nearestStop(screen, screen), 'full');
    }
});
