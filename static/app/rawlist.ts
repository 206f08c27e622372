// Positions as they were stored, one by one.
import type { Past } from './api.ts';
import { el } from './dom.ts';
import * as format from './format.ts';
import type { Fix } from './model.ts';
import { t } from './texts.ts';

const LATE = 60; // seconds after the fix: worth telling

function row(fix: Fix, dated: boolean, look: (fix: Fix) => void): HTMLElement {
    const facts = [
        fix.speed === null ? '' : format.speed(fix.speed), fix.altitude === null ? '' : format.altitude(fix.altitude),
        fix.accuracy === null ? '' : t('accuracy', { distance: format.distance(fix.accuracy) }),
        fix.battery === null ? '' : format.percentage(fix.battery), fix.overMqtt ? 'MQTT' : 'HTTP',
        fix.reported - fix.time > LATE ? t('reportedLater', { time: format.duration(fix.reported - fix.time) }) : '',
    ].filter((fact) => fact !== '').join(' · ');
    const node = el('button', { type: 'button', class: 'raw' },
        el('span', { class: 'raw-time' }, dated ? format.dateTime(fix.time) : format.exactTime(fix.time)), el('span', { class: 'muted' }, facts));
    node.addEventListener('click', () => look(fix));
    return el('li', {}, node);
}

/** Read page by page, when wanted. dated: they are of several days. */
export function rawList(past: Pick<Past, 'positions'>, device: string, from: number, to: number, dated: boolean, look: (fix: Fix) => void): HTMLElement {
    const list = el('ol', { class: 'raws' });
    const note = el('p', { class: 'muted', role: 'status' });
    const more = el('button', { type: 'button', class: 'button small', hidden: true }, t('rawMore'));
    let offset = 0;
    const read = async (): Promise<void> => {
        more.disabled = true;
        try {
            const page = await past.positions(device, from, to, offset);
            offset += page.fixes.length;
            list.append(...page.fixes.map((fix) => row(fix, dated, look)));
            more.hidden = !page.more;
            note.textContent = offset === 0 ? t('historyNothing') : '';
        } catch {
            note.textContent = t('historyFailed');
            more.hidden = false;
        } finally {
            more.disabled = false;
        }
    };
    more.addEventListener('click', () => void read());
    void read();
    return el('div', { class: 'raw-box' }, list, note, more);
}
