import { deepEqual, equal } from 'node:assert/strict';
import test from 'node:test';
import { debounce, parsePerson, parseRequests } from '../app/people.ts';

test('a person has a name, if only the user name', () => {
    deepEqual(parsePerson({ user_id: 3, username: 'ben', first_name: 'Ben', last_name: '' }), { id: 3, username: 'ben', name: 'Ben' });
    deepEqual(parsePerson({ username: 'ben', first_name: '', last_name: '' }), { id: 0, username: 'ben', name: 'ben' });
    for (const bad of [null, 7, {}, { username: 7 }]) {
        equal(parsePerson(bad), null);
    }
});

test('requests name the other one; what makes no sense is left out', () => {
    const body = {
        received: [{ id: 1, from_user: 'ben', to_user: 'anna' }, { id: 'x', from_user: 'ben', to_user: 'anna' }, { id: 2, from_user: null }],
        sent: [{ id: 3, from_user: 'anna', to_user: 'ben' }],
    };
    const { received, sent } = parseRequests(body);
    deepEqual([received.map((r) => [r.id, r.who.name]), sent.map((r) => [r.id, r.who.name])], [[[1, 'ben']], [[3, 'ben']]]);
    deepEqual(parseRequests(null), { received: [], sent: [] });
});

test('only the last of several quick calls runs', async () => {
    let runs = 0;
    const run = debounce(5, () => { runs += 1; });
    run();
    run();
    await new Promise((resolve) => setTimeout(resolve, 30));
    equal(runs, 1);
});
