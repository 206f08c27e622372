import { deepEqual, equal } from 'node:assert/strict';
import test from 'node:test';
import { parseBrowsers } from '../app/push.ts';
import { browserName } from '../app/useragent.ts';
import { optionsOf, parseNews, pathOf } from '../sw/notify.ts';

test('what a rule tells is a notification of the device', () => {
    const news = parseNews('{"title": "Fon left Home", "body": "13:26", "tag": "rule-7", "device": "anna/my fon", "at": 1790000000}');
    deepEqual(news, { title: 'Fon left Home', body: '13:26', tag: 'rule-7', device: 'anna/my fon', at: 1790000000 });
    deepEqual(optionsOf(news, '/i.png'), { body: '13:26', tag: 'rule-7', icon: '/i.png', badge: '/i.png', data: 'anna/my fon', timestamp: 1790000000000 });
    equal(pathOf('anna/my fon'), '/#device=anna/my%20fon');
    equal(pathOf(''), '/');
    equal(pathOf(undefined), '/');
});

test('what cannot be read is shown without its words', () => {
    for (const sent of ['', 'null', '[1]', '{', '{"title": 1, "at": "x", "device": null}']) {
        deepEqual(parseNews(sent), { title: 'mytracks', body: '', tag: '', device: '', at: null });
    }
    equal('timestamp' in optionsOf(parseNews(''), ''), false);
});

test('browsers as the server tells them', () => {
    deepEqual(parseBrowsers({ browsers: [{ id: 3, endpoint: 'https://x/', agent: 'A', told_at: '2026-03-06T12:00:00Z' }, { id: 'x' }, null] }),
        [{ id: 3, endpoint: 'https://x/', agent: 'A', toldAt: 1772798400 }]);
    deepEqual(parseBrowsers({}), []);
});

test('browsers by the names that people use', () => {
    const mozilla = 'Mozilla/5.0';
    for (const [agent, name] of [
        [`${mozilla} (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0`, 'Firefox, Linux'],
        [`${mozilla} (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36`, 'Chrome, Android'],
        [`${mozilla} (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0`, 'Edge, Windows'],
        [`${mozilla} (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1`, 'Safari, iPhone'],
        [`${mozilla} (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15`, 'Safari, macOS'],
        ['curl/7.88.1', 'curl/7.88.1'], ['', ''],
    ] as const) {
        equal(browserName(agent), name);
    }
});
