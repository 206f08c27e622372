import { deepEqual, equal } from 'node:assert/strict';
import test from 'node:test';
import { formatHash, parseHash } from '../app/urlstate.ts';

for (const [state, hash] of [
    [{ device: null, day: null, view: null }, ''],
    [{ device: 'anna/phone', day: null, view: null }, '#device=anna/phone'],
    [{ device: 'anna/fon å & co', day: null, view: null }, '#device=anna/fon%20%C3%A5%20%26%20co'],
    [{ device: null, day: null, view: { zoom: 12.5, lat: 48.2082, lon: -16.3738 } }, '#map=12.50/48.20820/-16.37380'],
    [{ device: 'car', day: null, view: { zoom: 3, lat: 0, lon: 180 } }, '#device=car&map=3.00/0.00/-180.00'],
    [{ device: 'anna/phone', day: '2026-03-06', view: null }, '#device=anna/phone&day=2026-03-06'],
] as const) {
    test(`hash ${hash || '(empty)'}`, () => {
        equal(formatHash(state), hash);
        equal(formatHash(parseHash(hash)), hash);
        equal(parseHash(hash).device, state.device);
    });
}

for (const bad of ['#map=', '#map=12', '#map=12/48', '#map=a/b/c', '#map=12/91/0', '#map=12/0/181', '#map=-1/0/0',
    '#map=12/48/16/3', '#map=12//16', '#map=Infinity/0/0', '#', '#nonsense', '#device=', '#day=', '#day=x']) {
    test(`not a place: ${bad}`, () => deepEqual(parseHash(bad), { device: null, day: null, view: null }));
}
