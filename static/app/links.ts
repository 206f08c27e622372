// Public links: made for one device, shown once, listed with their last use, and ended.
import { ask } from './ask.ts';
import { callApi } from './calls.ts';
import { byId, el } from './dom.ts';
import * as format from './format.ts';
import { flag, instant, number, text, type Json } from './json.ts';
import { choice, lifeSelect, linkInWords } from './limits.ts';
import { deviceLabel, isObject, type DeviceInfo } from './model.ts';
import { button, tag } from './parts.ts';
import { t } from './texts.ts';
import { toast } from './toast.ts';
import { openWindow } from './window.ts';

interface Link {
    id: number;
    device: string;
    label: string;
    area: boolean;
    trail: boolean;
    expiresAt: number; // Unix seconds
    usedAt: number | null;
    over: boolean;
}

export function parseLink(row: Json): Link | null {
    const [id, deviceId, expiresAt] = [number(row, 'id'), text(row, 'device_id'), instant(row, 'expires_at')];
    return id === null || deviceId === '' || expiresAt === null ? null : {
        id, device: deviceLabel({ name: text(row, 'name'), deviceId }), label: text(row, 'label'), area: row.precision !== 'exact', trail: flag(row, 'trail'),
        expiresAt, usedAt: instant(row, 'used_at'), over: flag(row, 'over'),
    };
}

/** The address, this one time. */
function showOnce(url: string): void {
    const field = el('input', { id: 'link-url', type: 'text', readonly: true, value: url });
    field.addEventListener('focus', () => field.select());
    const copy = el('button', { type: 'button', class: 'button primary' }, t('copy'));
    copy.addEventListener('click', () => void navigator.clipboard.writeText(url).then(() => toast(t('copied')), () => field.select()));
    openWindow(t('linkMade'), [el('p', {}, t('linkOnce')),
        el('div', { class: 'field' }, el('label', { for: 'link-url' }, t('linkAddress')), field)], [copy]);
}

export class Links {
    private readonly box = byId('links-list');

    constructor(private readonly changed: () => void) {
        byId('link-new').addEventListener('click', () => this.make());
    }

    private devices: readonly DeviceInfo[] = [];

    /** devices: one's own. */
    async show(devices: readonly DeviceInfo[]): Promise<void> {
        this.devices = devices;
        byId<HTMLButtonElement>('link-new').hidden = devices.length === 0;
        const { ok, text: why, body } = await callApi('GET', '/api/links/');
        const rows = (Array.isArray(body) ? body.filter(isObject) : []).map(parseLink).filter((link) => link !== null);
        this.box.replaceChildren(!ok ? el('p', { class: 'muted', role: 'alert' }, why)
            : rows.length === 0 ? el('p', { class: 'muted' }, t('linksNone')) : el('ul', { class: 'rows' }, ...rows.map((link) => this.row(link))));
    }

    private row(link: Link): HTMLElement {
        const now = Date.now() / 1000;
        const used = link.usedAt === null ? t('linkUnused') : t('linkUsed', { age: format.age(link.usedAt, now) });
        return el('li', { class: 'row' },
            el('span', { class: 'person' }, el('strong', {}, link.label || link.device), ' ',
                link.label ? el('span', { class: 'muted' }, link.device) : null, el('br'),
                el('span', { class: 'muted' }, linkInWords(link, used))),
            link.over ? tag('', 'shareOver') : tag('good', 'shareActive'),
            button(t('linkEnd'), () => void this.end(link), 'danger'));
    }

    private async end(link: Link): Promise<void> {
        const sure = link.over ? '' : await ask({ title: t('linkEnd'), text: t('linkEndText'), button: t('linkEnd') });
        if (sure === null) {
            return;
        }
        const { ok, text: why } = await callApi('DELETE', `/api/links/${link.id}/`);
        toast(ok ? t('linkEnded') : why);
        this.changed();
    }

    private make(): void {
        const device = el('select', { id: 'link-device' }, ...this.devices.map((one) => el('option', { value: one.deviceId }, deviceLabel(one))));
        const label = el('input', { id: 'link-label', type: 'text', maxlength: '80', autocomplete: 'off' });
        const precision = choice('link-precision', t('sharePrecision'), [['exact', 'shareExact'], ['area', 'shareArea']] as const, 'exact');
        const trail = choice('link-trail', t('linkShows'), [['no', 'linkHere'], ['yes', 'linkTrail']] as const, 'no');
        const life = lifeSelect('link-life', { never: false, until: null });
        life.value = '86400';
        const field = (name: string, id: string, input: HTMLElement, hint = ''): HTMLElement =>
            el('div', { class: 'field' }, el('label', { for: id }, name), input, hint === '' ? null : el('p', { class: 'muted' }, hint));
        const form = el('form', { id: 'link-form', class: 'window-form' }, field(t('linkDevice'), device.id, device),
            field(t('linkLabel'), label.id, label, t('linkLabelHint')), precision.node, trail.node, field(t('shareEnds'), life.id, life));
        const save = el('button', { type: 'submit', class: 'button primary', form: 'link-form' }, t('linkMake'));
        const { close } = openWindow(t('linkNew'), [form], [save]);
        form.addEventListener('submit', (event) => {
            event.preventDefault();
            save.disabled = true;
            void callApi('POST', '/api/links/', {
                device_id: device.value, label: label.value.trim(), precision: precision.what(), trail: trail.what() === 'yes', expires_in: Number(life.value),
            }).then(({ ok, text: why, body }) => {
                save.disabled = false;
                if (!ok || !isObject(body) || typeof body.url !== 'string') {
                    toast(why);
                    return;
                }
                close();
                showOnce(body.url);
                this.changed();
            });
        });
    }
}
