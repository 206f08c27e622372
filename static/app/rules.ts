// Rules of one's own on the page of places: the list, and what can be done with each.
import { api } from './api.ts';
import { callApi } from './calls.ts';
import { byId, el } from './dom.ts';
import * as format from './format.ts';
import { number, objectOf } from './json.ts';
import { deviceLabel, isObject } from './model.ts';
import { button, table, tag, when } from './parts.ts';
import { newsText, parseHits, parseLog, parseRule, sentence, type Rule, type Told } from './rule-model.ts';
import { openRuleForm, type Choices } from './ruleform.ts';
import { t, type TextName } from './texts.ts';
import { toast } from './toast.ts';
import { undoable } from './undo.ts';
import { openWindow } from './window.ts';

const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
const path = (rule: Rule, part = ''): string => `/api/rules/${rule.id}/${part}`;

const POLL = 500; // ms
const POLLS = 24;

/** What came of it, once that is known; null: it waits still. */
async function outcome(rule: Rule, id: number): Promise<Told | null> {
    for (let i = 0; i < POLLS; i++) {
        const { body } = await callApi('GET', path(rule, 'log/'));
        const told = parseLog(objectOf(body)).find((one) => one.id === id);
        if (told && (told.state !== 'waiting' || told.error !== '')) {
            return told;
        }
        await new Promise((resolve) => setTimeout(resolve, POLL));
    }
    return null;
}

async function test(rule: Rule, pressed: HTMLButtonElement): Promise<void> {
    pressed.disabled = true;
    const { ok, text, body } = await callApi('POST', path(rule, 'test/'));
    const told = ok ? await outcome(rule, number(objectOf(body), 'id') ?? 0) : null;
    pressed.disabled = false;
    toast(!ok ? text : told === null ? t('ruleTestWaits') : told.state === 'sent' ? t('ruleTestSent') : t('ruleTestFailed', { why: told.error }));
}

async function dryRun(rule: Rule): Promise<void> {
    const { ok, text, body } = await callApi('GET', path(rule, 'dry-run/'));
    if (!ok) {
        toast(text);
        return;
    }
    const because: Record<string, TextName> = { transition: 'ruleByTransition', position: 'ruleByPosition', time: 'ruleByTime' };
    const hits = parseHits(objectOf(body));
    const rows = hits.map((hit) => [when(hit.at), el('span', {}, newsText(hit), ' ', el('span', { class: 'muted' }, `(${t(because[hit.because] ?? 'ruleByTime')})`))]);
    openWindow(t('ruleDryRunTitle'), [
        el('p', { class: 'muted' }, t('ruleDryRunText')),
        hits.length === 0 ? el('p', {}, t('ruleDryRunNone')) : table([{ name: 'when' }, { name: 'ruleWhat' }], rows, t('ruleDryRunTitle')),
        ...(objectOf(body).more === true ? [el('p', { class: 'muted' }, t('ruleDryRunMore'))] : []),
    ]);
}

function stateTag({ state, attempts }: Told): HTMLElement {
    return state === 'sent' ? tag('good', 'ruleStateSent') : state === 'failed' ? tag('bad', 'ruleStateFailed')
        : attempts > 0 ? tag('warn', 'outboxFails', { n: attempts }) : tag('', 'ruleStateWaiting');
}

async function showLog(rule: Rule): Promise<void> {
    const { ok, text, body } = await callApi('GET', path(rule, 'log/'));
    if (!ok) {
        toast(text);
        return;
    }
    const rows = parseLog(objectOf(body)).map((told) => [
        when(told.at), el('span', {}, newsText(told), ...(told.test ? [' ', tag('', 'ruleIsTest')] : [])),
        el('span', {}, stateTag(told), ' ', told.error),
    ]);
    openWindow(t('ruleLogTitle'), [rows.length === 0 ? el('p', {}, t('ruleLogNone'))
        : table([{ name: 'when' }, { name: 'ruleWhat' }, { name: 'ruleOutcome' }], rows, t('ruleLogTitle'))]);
}

class Rules {
    private readonly box = byId('own-rules');
    private choices: Choices = { devices: [], places: [] };

    constructor(private readonly me: string) {}

    async start(): Promise<void> {
        const [devices, places] = await Promise.all([api.devices().catch(() => []), callApi('GET', '/api/geofences/')]);
        const mine = devices.filter(({ owner }) => owner === this.me);
        const shared = document.body.dataset.staff === undefined ? devices.filter(({ owner }) => owner !== this.me && owner !== '') : [];
        this.choices = {
            devices: [...mine, ...shared].map((device) => ({ key: device.key, label: device.owner === this.me ? deviceLabel(device) : `${deviceLabel(device)} (${device.owner})` })),
            places: Array.isArray(places.body) ? places.body.filter(isObject).map((place) => ({ id: number(place, 'id') ?? 0, label: String(place.label) })) : [],
        };
        const fresh = byId<HTMLButtonElement>('rule-new');
        fresh.addEventListener('click', () => this.edit(null));
        fresh.hidden = false;
        await this.show();
    }

    private edit(rule: Rule | null): void {
        openRuleForm(rule, this.choices, { here, user: this.me }, () => {
            toast(t('ruleSaved'));
            void this.show();
        });
    }

    private async show(): Promise<void> {
        const { ok, body } = await callApi('GET', '/api/rules/');
        const rules = Array.isArray(body) ? body.filter(isObject).map(parseRule).filter((rule) => rule !== null) : [];
        this.box.hidden = ok && rules.length === 0;
        this.box.replaceChildren(...(ok ? rules.map((rule) => this.row(rule)) : [el('li', { class: 'rule' }, t('rulesFailed'))]));
    }

    private row(rule: Rule): HTMLElement {
        const now = Date.now() / 1000;
        const name = el('p', {}, ...(rule.name === '' ? [] : [el('strong', {}, rule.name), el('br')]), sentence(rule, here));
        const notes = [
            rule.active && rule.pausedUntil !== null && rule.pausedUntil > now ? t('rulePaused', { time: format.dateTime(rule.pausedUntil) }) : '',
            rule.toldAt === null ? '' : t('ruleToldLast', { time: format.age(rule.toldAt, now) }),
        ].filter((note) => note !== '');
        const node = el('li', { class: 'rule own-rule', 'data-rule': String(rule.id) },
            el('div', { class: 'rule-text' }, name, ...(notes.length === 0 ? [] : [el('p', { class: 'muted' }, notes.join(' · '))])),
            el('div', { class: 'button-row' }, this.toggle(rule),
                button(t('ruleEdit'), () => this.edit(rule)),
                button(t('ruleTest'), (pressed) => void test(rule, pressed)),
                button(t('ruleDryRun'), () => void dryRun(rule)),
                button(t('ruleLog'), () => void showLog(rule)),
                button(t('delete'), () => this.remove(rule, node))));
        return node;
    }

    private toggle(rule: Rule): HTMLElement {
        const input = el('input', { type: 'checkbox', role: 'switch', 'aria-label': `${t('ruleActive')}: ${sentence(rule, here)}` });
        input.checked = rule.active;
        input.addEventListener('change', () => {
            input.disabled = true;
            void callApi('PATCH', path(rule), { active: input.checked, ...(input.checked ? { paused_until: null } : {}) }).then(async ({ ok, text }) => {
                if (!ok) {
                    toast(text);
                }
                await this.show();
                this.box.querySelector<HTMLElement>(`[data-rule="${rule.id}"] input`)?.focus();
            });
        });
        return el('label', { class: 'choice' }, input, el('span', { 'aria-hidden': 'true' }, t(rule.active ? 'ruleOn' : 'ruleOff')));
    }

    private remove(rule: Rule, node: HTMLElement): void {
        node.hidden = true;
        undoable(t('ruleRemoved'), async () => {
            const { ok, text } = await callApi('DELETE', path(rule));
            if (!ok) {
                toast(text);
            }
            await this.show();
        }, () => (node.hidden = false));
        byId('rule-new').focus();
    }
}

export function startRules(): void {
    void new Rules(document.body.dataset.username ?? '').start();
}
