// Positions as they were stored, one by one.
import { joined } from './joined.ts';
import { addressOf } from './street.ts';
import type { Past } from './api.ts';
import { el, icon } from './dom.ts';
import * as format from './format.ts';
import { LATE, type Fix, type FullFix } from './model.ts';
import { removalCross } from './removal.ts';
import { accuracyLimit } from './settings.ts';
import { isAccurate } from './store.ts';
import { t, type TextName } from './texts.ts';
import { ownClock } from './zones.ts';

/** Letters of the OwnTracks apps. */
const triggers: Record<string, TextName> = {
    p: 'triggerPing', c: 'triggerRegion', C: 'triggerRegion', b: 'triggerBeacon', r: 'triggerAsked', u: 'triggerManual', t: 'triggerTimer', v: 'triggerFrequent',
};
const connections: Record<string, TextName> = { w: 'connectionWifi', m: 'connectionMobile', o: 'connectionNone' };


function measured(fix: FullFix): string {
    return joined([
        fix.speed === null ? '' : format.speed(fix.speed), fix.altitude === null ? '' : format.altitude(fix.altitude),
        fix.accuracy === null ? '' : t('accuracy', { distance: format.distance(fix.accuracy) }),
        fix.verticalAccuracy ? t('accuracyUp', { distance: format.distance(fix.verticalAccuracy) }) : '',
        fix.battery === null ? '' : format.percentage(fix.battery),
        fix.reported - fix.time > LATE ? t('reportedLater', { time: format.duration(fix.reported - fix.time) }) : '',
    ]);
}

function circumstances(fix: FullFix): string {
    const trigger = triggers[fix.trigger], connection = connections[fix.connection];
    return joined([
        trigger ? t(trigger) : fix.trigger, connection ? t(connection) + (fix.ssid === '' ? '' : ` (${fix.ssid})`) : '', fix.source,
        (fix.overMqtt ? 'MQTT' : 'HTTP') + (fix.address === '' ? '' : ` ${fix.address}`), format.coordinates(fix.lat, fix.lon),
    ]);
}

/** Positions of a device whose owner looks: they can be removed. latest: the one that the map shows; changed: one went or came back. */
export interface Removable {
    latest: number | null;
    changed(): void;
}

/** Beyond the limit of the settings: it is stored, but no track goes there. */
const inaccurate = (): HTMLElement => el('span', { class: 'raw-inaccurate' }, icon('alert'), t('rawInaccurate', { distance: format.distance(accuracyLimit) }));

function row(fix: FullFix, dated: boolean, look: (fix: Fix) => void, removable: Removable | null): HTMLElement {
    const time = dated ? format.dateTime(fix.time) : format.exactTime(fix.time);
    const node = el('button', { type: 'button', class: 'raw' },
        ownClock(el('span', { class: 'raw-time' }), time, [{ at: fix.time, lat: fix.lat, lon: fix.lon }], true, dated),
        el('span', { class: 'muted' }, measured(fix)), isAccurate(fix, accuracyLimit) ? null : inaccurate(), el('small', { class: 'raw-more muted' }, circumstances(fix)));
    const item = el('li', { class: 'raw-row' }, node);
    node.addEventListener('click', () => {
        look(fix);
        item.append(...[item.querySelector('.address') === null ? addressOf(fix) : null].filter((one) => one !== null));
    });
    if (removable) {
        item.append(removalCross(fix.id, time, item, fix.id === removable.latest, () => removable.changed()));
    }
    return item;
}

/** Read page by page, when wanted. dated: they are of several days. */
export function rawList(past: Pick<Past, 'positions'>, device: string, from: number, to: number, dated: boolean, look: (fix: Fix) => void,
    removable: Removable | null): HTMLElement {
    const list = el('ol', { class: 'raws' });
    const note = el('p', { class: 'muted', role: 'status' });
    const more = el('button', { type: 'button', class: 'button small', hidden: true }, t('rawMore'));
    let offset = 0;
    const read = async (): Promise<void> => {
        more.disabled = true;
        try {
            const page = await past.positions(device, from, to, offset);
            offset += page.fixes.length;
            list.append(...page.fixes.map((fix) => row(fix, dated, look, removable)));
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
