import { equal } from 'node:assert/strict';
import test from 'node:test';
import { altitude, distance, speed } from '../app/format.ts';
import { unitsOf } from '../app/units.ts';

for (const [languages, expected] of [
    [['en-US', 'en'], 'imperial'], [['en', 'en-US'], 'imperial'], [['de-AT', 'en-US'], 'metric'], [['en-GB'], 'metric'], [['en'], 'metric'], [[], 'metric'],
    [['my-MM'], 'imperial'], [['zh-Hans-CN'], 'metric'],
] as const) {
    test(`units of ${languages.join()}`, () => equal(unitsOf(languages), expected));
}

for (const [metres, expected] of [
    [0, '0\u00a0ft'], [10, '33\u00a0ft'], [304, '997\u00a0ft'], [305, '0.2\u00a0mi'], [1609.344, '1.0\u00a0mi'], [160_000, '99.4\u00a0mi'], [160_934.4, '100\u00a0mi'], [1_234_567, '767\u00a0mi'],
] as const) {
    test(`distance ${metres} in miles`, () => equal(distance(metres, 'imperial'), expected));
}

test('speed and altitude', () => {
    equal(speed(100, 'imperial'), '62\u00a0mph');
    equal(altitude(1234.4, 'metric'), '1,234\u00a0m');
    equal(altitude(1234.4, 'imperial'), '4,050\u00a0ft');
    equal(altitude(-3, 'metric'), '-3\u00a0m');
});
