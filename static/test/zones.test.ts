import assert from 'node:assert/strict';
import test from 'node:test';
import { zoneAt } from '../app/zonelookup.ts';
import { timeIn, timesThere } from '../app/zones.ts';

const NOON = Date.UTC(2026, 2, 10, 12) / 1000; // 13:00 in Vienna, where this runs
const vienna = { at: NOON, lat: 48.2, lon: 16.37 };
const tokyo = { at: NOON + 3600, lat: 35.68, lon: 139.76 };
const there = (...moments: typeof vienna[]): string | null => timesThere(moments, zoneAt)?.replaceAll('\u202f', ' ') ?? null;

test('a time is told with its zone, and its day when that is not the reader’s', () => {
    assert.ok(/^0?1:00\sPM$/.test(timeIn('Europe/Vienna', NOON).time));
    assert.ok(/^Mar 11, 0?2:00\sAM$/.test(timeIn('Pacific/Kiritimati', NOON).time));
    assert.equal(timeIn('Pacific/Kiritimati', NOON).zone, 'GMT+14');
});

test('one zone is named once, two are both', () => {
    assert.equal(there(vienna, { ...vienna, at: NOON + 600 }), '01:00 PM – 01:10 PM GMT+1');
    assert.equal(there(vienna, tokyo), '01:00 PM GMT+1 – 10:00 PM GMT+9');
    assert.equal(there(tokyo), '10:00 PM GMT+9');
});

test('summer time is the zone’s own', () => {
    const july = Date.UTC(2026, 6, 10, 12) / 1000;
    assert.equal(there({ ...vienna, at: july }), '02:00 PM GMT+2');
    assert.equal(there({ ...tokyo, at: july }), '09:00 PM GMT+9');
});

test('what is not known is not made up', () => {
    assert.equal(timesThere([vienna], () => null), null);
    assert.equal(timesThere([vienna], () => 'Mars/Olympus'), null);
    assert.equal(zoneAt(95, 0), null);
    assert.equal(zoneAt(NaN, 0), null);
    assert.ok((zoneAt(0, -140) ?? '') !== ''); // the sea has zones as well
});
