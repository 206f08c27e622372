import { deepEqual, equal } from 'node:assert/strict';
import test from 'node:test';
import { daysText, newsText, parseHits, parseLog, parseRule, sentence, shownTarget, type Rule } from '../app/rule-model.ts';

const ROW = {
    id: 4, name: 'School', event: 'leave', any_device: false, device: 'anna/fon', device_name: 'Fon', place: 7, place_label: 'Home', amount: null,
    days: [1, 2, 3, 4, 5], from: '08:00', until: '16:00', zone: 'Europe/Vienna', channel: 'mail', target: 'a@example.net', priority: 3, cooldown: 10,
    active: true, paused_until: null, told_at: '2026-03-06T12:00:00Z', created_at: '2026-03-01T12:00:00Z',
};
const made = (more: object = {}): Rule => {
    const rule = parseRule({ ...ROW, ...more });
    if (!rule) {
        throw new Error('no rule');
    }
    return rule;
};
const said = (more: object = {}, here = 'Europe/Vienna'): string => sentence(made(more), here);

test('a rule is read field by field; what is none is left out', () => {
    const rule = made();
    deepEqual([rule.id, rule.event, rule.device, rule.place, rule.days, rule.toldAt, rule.pausedUntil], [4, 'leave', 'anna/fon', 7, [1, 2, 3, 4, 5], 1_772_798_400, null]);
    for (const bad of [{ id: 'x' }, { event: 'dance' }, { channel: 'sms' }]) {
        equal(parseRule({ ...ROW, ...bad }), null);
    }
    deepEqual(made({ days: ['x', 9, 2, 2], amount: 'x', device: '' }), { ...rule, days: [2], amount: null, device: null });
});

test('a rule is a sentence', () => {
    equal(said(), 'When Fon leaves Home, Mon – Fri, 08:00 – 16:00: mail to a@example.net');
    equal(said({}, 'America/New_York'), 'When Fon leaves Home, Mon – Fri, 08:00 – 16:00 (Europe/Vienna): mail to a@example.net');
    const always = { days: [1, 2, 3, 4, 5, 6, 7], from: null, until: null };
    equal(said({ ...always, event: 'enter', place: null, any_device: true, channel: 'mqtt', target: '' }, 'UTC'), 'When one of my devices arrives at any place: message over MQTT');
    equal(said({ ...always, event: 'dwell', amount: 90, channel: 'webhook', target: 'https://u:p@hook.example:8123/s3cret?x' }), 'When Fon has been at Home for 1 h 30 min: webhook to hook.example:8123');
    equal(said({ ...always, event: 'battery', amount: 15, channel: 'ntfy', target: 'https://ntfy.sh/t' }).replace(/\s/g, ' '), 'When the battery of Fon is below 15%: ntfy to ntfy.sh');
    equal(said({ ...always, event: 'silence', amount: 180, device: null, device_name: '' }), 'When a device that is not shared with you any more has not reported for 3 h: mail to a@example.net');
});

test('weekdays in runs; of a URL the host alone', () => {
    deepEqual([[1, 2, 3, 4, 5, 6, 7], [6, 7], [1, 2, 3, 5], [1, 3, 5, 6, 7]].map(daysText), ['', 'Sat, Sun', 'Mon – Wed, Fri', 'Mon, Wed, Fri – Sun']);
    equal(shownTarget({ channel: 'webhook', target: 'nonsense' }), 'nonsense');
    equal(shownTarget({ channel: 'mail', target: 'a@b' }), 'a@b');
});

test('what was told, and would have been, the latest first', () => {
    const news = { event: 'battery', device: 'anna/fon', device_name: 'Fon', place: '', amount: 20, battery: 12, text: 'x' };
    const [told] = parseLog({ results: [{ ...news, id: 3, happened_at: '2026-03-06T12:00:00Z', test: true, state: 'failed', attempts: 2, error: 'why' }, { event: '?' }] });
    deepEqual(told, { event: 'battery', device: 'anna/fon', deviceName: 'Fon', place: '', amount: 20, battery: 12, id: 3, at: 1_772_798_400, test: true, state: 'failed', attempts: 2, error: 'why' });
    equal(told && newsText(told).replace(/\s/g, ' '), 'Fon: battery at 12%');
    const hits = parseHits({ results: [{ ...news, at: '2026-03-06T12:00:00Z', because: 'time' }, { ...news, at: '2026-03-07T12:00:00Z', because: 'position' }] });
    deepEqual(hits.map(({ because }) => because), ['position', 'time']);
    deepEqual([parseLog({}), parseHits({ results: 'x' })], [[], []]);
});
