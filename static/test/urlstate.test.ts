import { deepEqual, equal } from 'node:assert/strict';
import test from 'node:test';
import { formatHash, parseHash, type UrlState } from '../app/urlstate.ts';

for (const [state, hash] of [
    [{}, ''],
    [{ device: 'anna/phone' }, '#device=anna/phone'],
    [{ device: 'anna/fon å & co' }, '#device=anna/fon%20%C3%A5%20%26%20co'],
    [{ view: { zoom: 12.5, lat: 48.2082, lon: -16.3738 } }, '#map=12.50/48.20820/-16.37380'],
    [{ device: 'car', view: { zoom: 3, lat: 0, lon: 180 } }, '#device=car&map=3.00/0.00/-180.00'],
    [{ device: 'anna/phone', day: '2026-03-06' }, '#device=anna/phone&day=2026-03-06'],
    [{ device: 'anna/phone', day: '2026-03-06', at: 1772791200.4, speed: 4 }, '#device=anna/phone&day=2026-03-06&at=1772791200&speed=4'],
    [{ devices: ['anna/phone', 'ben/a,b'], day: '2026-03-06' }, '#devices=anna/phone,ben/a%2Cb&day=2026-03-06'],
    [{ off: ['anna/car'], trail: 6 }, '#off=anna/car&trail=6'],
    [{ trail: 0.5 }, '#trail=0.5'], [{ trail: 0 }, '#trail=0'], [{ trail: 'latest' }, '#trail=latest'], [{ trail: { since: 1772791200 } }, '#trail=from1772791200'],
    [{ off: [] }, ''], [{ at: null, speed: 1 }, ''],
] as const) {
    test(`hash ${hash || '(empty)'} ${JSON.stringify(state)}`, () => {
        const wanted = state as Partial<UrlState>;
        equal(formatHash(wanted), hash);
        equal(formatHash(parseHash(hash)), hash);
        equal(parseHash(hash).device, wanted.device ?? null);
        deepEqual(parseHash(hash).devices, wanted.devices ?? null);
    });
}

const nothing: UrlState = { device: null, devices: null, day: null, at: null, speed: 1, view: null, off: null, trail: null };

for (const bad of ['#map=', '#map=12', '#map=12/48', '#map=a/b/c', '#map=12/91/0', '#map=12/0/181', '#map=-1/0/0',
    '#map=12/48/16/3', '#map=12//16', '#map=Infinity/0/0', '#', '#nonsense', '#device=', '#day=', '#day=x', '#at=x', '#at=-1', '#at=123456789012', '#speed=3',
    '#speed=Infinity', '#off=', '#off=,,', '#devices=%', '#trail=', '#trail=7', '#trail=from1', '#trail=now', '#constructor=1', '#%', '#&=&']) {
    test(`not understood: ${bad}`, () => deepEqual(parseHash(bad), nothing));
}

test('a list too long for an address is not in it, nor read from one', () => {
    const keys = Array.from({ length: 51 }, (_, i) => `a/${i}`);
    equal(formatHash({ off: keys }), '');
    equal(parseHash(`#off=${keys.join(',')}`).off?.length, 50);
});
