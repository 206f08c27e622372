import { deepEqual, equal } from 'node:assert/strict';
import test from 'node:test';
import { parseDay } from '../app/daywords.ts';
import { inTurn } from '../app/inturn.ts';
import { ranked, score, type Hit } from '../app/searchmodel.ts';
import { local } from './make.ts';

const hit = (label: string, detail = '', group: Hit['group'] = 'devices'): Hit => ({ group, label, detail, icon: 'pin', open: () => undefined });
const labels = (query: string, hits: Hit[]): [string, string[]][] => ranked(query, hits).map(([group, found]) => [group, found.map(({ label }) => label)]);

test('the whole name, then its beginning, then of a word, then within; what is told beside it last', () => {
    const hits = [hit('my phone'), hit('xphone'), hit('phones'), hit('phone'), hit('car', 'phone')];
    deepEqual(labels('Phone', hits), [['devices', ['phone', 'phones', 'my phone', 'xphone', 'car']]]);
});

test('the group with the best comes first; without a query all, as they come', () => {
    const hits = [hit('Profile', '', 'pages'), hit('pro', '', 'devices'), hit('Office', '', 'places')];
    deepEqual(labels('pro', hits), [['devices', ['pro']], ['pages', ['Profile']]]);
    deepEqual(labels('', hits).map(([group]) => group), ['pages', 'devices', 'places']);
});

test('case and accents do not matter, every word counts, no more than six of a group', () => {
    equal(score('MULLER', { label: 'Müller' }), 0);
    equal(score('anna phone', { label: 'phone', detail: 'anna' }), 4);
    equal(score('anna car', { label: 'phone', detail: 'anna' }), null);
    equal(score('.*', { label: 'phone' }), null);
    equal(ranked('a', Array.from({ length: 9 }, (_, i) => hit(`a${i}`)))[0]?.[1].length, 6);
});

// Monday
const NOW = local(2026, 11, 30, 15);
const en = { today: 'Today', yesterday: 'Yesterday' };
const de = { today: 'Heute', yesterday: 'Gestern' };

for (const [text, locale, day] of [
    ['today', 'en-GB', '2026-11-30'], ['Yesterday', 'en-GB', '2026-11-29'], ['yest', 'en-GB', '2026-11-29'], ['gestern', 'de', '2026-11-29'],
    ['2026-11-03', 'en-GB', '2026-11-03'], ['2026-1-3', 'de', '2026-01-03'], ['3 nov', 'en-GB', '2026-11-03'], ['nov 3', 'en-US', '2026-11-03'],
    ['3rd November 2025', 'en-GB', '2025-11-03'], ['3. November', 'de', '2026-11-03'], ['3. März 2024', 'de', '2024-03-03'], ['3. marz', 'de', '2026-03-03'],
    ['24 dec', 'en-GB', '2025-12-24'], ['3.11.', 'de', '2026-11-03'], ['3.11.2025', 'de', '2025-11-03'], ['3/11', 'en-GB', '2026-11-03'], ['11/3', 'en-US', '2026-11-03'],
    ['3.11.', 'en-US', '2026-11-03'], ['3/11/25', 'en-GB', '2025-11-03'], ['monday', 'en-GB', '2026-11-23'], ['Sonntag', 'de', '2026-11-29'], ['tue', 'en-GB', '2026-11-24'],
    ['29 feb', 'en-GB', '2024-02-29'],
] as const) {
    test(`${text} (${locale}) is ${day}`, () => equal(parseDay(text, NOW, locale, locale === 'de' ? de : en), day));
}

for (const text of ['', 'to', '3', 'nov', '31 feb', '2026-02-30', '2027-01-01', '32.13.', 'phone', '3 nov 2026 5', 'ju 3', '__proto__', '1/2/3/4', '99999-01-01']) {
    test(`no day: ${text || '(empty)'}`, () => equal(parseDay(text, NOW, 'en-GB', en), null));
}

test('in turn: no more than so many at once, answers in order', async () => {
    let [now, most] = [0, 0];
    const answers = await inTurn([30, 1, 20, 2, 1], 2, async (ms) => {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setTimeout(resolve, ms));
        now--;
        return ms;
    });
    deepEqual([answers, most], [[30, 1, 20, 2, 1], 2]);
    deepEqual(await inTurn([], 3, () => Promise.resolve(1)), []);
});
