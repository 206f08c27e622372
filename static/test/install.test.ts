import { deepEqual } from 'node:assert/strict';
import test from 'node:test';
import { isUsed } from '../app/install.ts';

test('it is offered on the third day of use, and not again when it was answered', () => {
    const first = isUsed(null, '2026-03-01');
    deepEqual(first, { days: '2026-03-01', enough: false });
    deepEqual(isUsed(first.days, '2026-03-01'), first);
    const second = isUsed(first.days, '2026-03-04');
    deepEqual(second, { days: '2026-03-01 2026-03-04', enough: false });
    deepEqual(isUsed(second.days, '2026-03-09'), { days: '2026-03-01 2026-03-04 2026-03-09', enough: true });
    deepEqual(isUsed('answered', '2026-03-10'), { days: 'answered', enough: false });
});
