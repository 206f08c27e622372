// The window in which a rule is made or changed: only the fields that the choice needs.
import { callApi } from './calls.ts';
import { el, setText } from './dom.ts';
import * as format from './format.ts';
import { isObject } from './model.ts';
import { notificationHint } from './notifications.ts';
import { ALL_DAYS, CHANNELS, EVENTS, type Channel, type Rule, type RuleEvent } from './rule-model.ts';
import { t, type TextName } from './texts.ts';
import { openWindow } from './window.ts';

export interface Choices {
    devices: { key: string; label: string }[];
    places: { id: number; label: string }[];
}

interface Viewer {
    here: string; // time zone
    user: string;
}

const EVENT_NAMES: Record<RuleEvent, TextName> = {
    enter: 'ruleEventEnter', leave: 'ruleEventLeave', dwell: 'ruleEventDwell', absent: 'ruleEventAbsent', battery: 'ruleEventBattery', silence: 'ruleEventSilence',
};
const CHANNEL_NAMES: Record<Channel, TextName> = { mail: 'ruleChannelMail', webhook: 'ruleChannelWebhook', ntfy: 'ruleChannelNtfy', mqtt: 'ruleChannelMqtt', push: 'ruleChannelPush' };
/** What the amount of an event is, and what it begins with. */
const AMOUNTS: Partial<Record<RuleEvent, { name: TextName; least: number; most: number; usual: number }>> = {
    dwell: { name: 'ruleMinutes', least: 1, most: 10080, usual: 30 }, absent: { name: 'ruleMinutes', least: 1, most: 10080, usual: 30 },
    battery: { name: 'rulePercent', least: 1, most: 95, usual: 15 }, silence: { name: 'ruleMinutes', least: 5, most: 43200, usual: 180 },
};
const TARGETS: Record<Channel, { name: TextName; type: string; hint: TextName | null } | null> = {
    mail: { name: 'ruleAddress', type: 'email', hint: null }, webhook: { name: 'ruleUrl', type: 'url', hint: 'ruleWebhookHint' },
    ntfy: { name: 'ruleTopicUrl', type: 'url', hint: 'ruleNtfyHint' }, mqtt: null, push: null,
};
const WRONG: Partial<Record<string, TextName>> = {
    target: 'ruleBadTarget', zone: 'ruleBadZone', amount: 'ruleBadAmount', place: 'ruleBadPlace', from: 'ruleBadFrom',
};
const ANY = '';
const KEPT = '-'; // a device that is not to be seen any more

type Control = HTMLInputElement | HTMLSelectElement;

/** A control with its label, a hint, and room for what is wrong. */
class Field<T extends Control> {
    readonly node: HTMLElement;
    private readonly label: HTMLLabelElement;
    private readonly hint = el('p', { class: 'muted' });
    private readonly error = el('p', { class: 'field-error', role: 'alert' });

    constructor(readonly control: T, readonly name: string, label: TextName) {
        control.id = `rule-${name}`;
        this.hint.id = `rule-${name}-hint`;
        this.error.id = `rule-${name}-error`;
        control.setAttribute('aria-describedby', `${this.hint.id} ${this.error.id}`);
        this.label = el('label', { for: control.id }, t(label));
        this.node = el('div', { class: 'field' }, this.label, control, this.hint, this.error);
        this.say(label);
    }

    say(label: TextName, hint = ''): void {
        setText(this.label, t(label));
        setText(this.hint, hint);
        this.hint.hidden = hint === '';
    }

    show(shown: boolean): void {
        this.node.hidden = !shown;
        this.control.disabled = !shown; // what is not asked for is not checked either
    }

    fault(text: string): void {
        setText(this.error, text);
        this.control.setAttribute('aria-invalid', String(text !== ''));
        if (text !== '') {
            this.node.closest('details')?.setAttribute('open', '');
            this.control.focus();
        }
    }
}

const select = (options: [string, string][], chosen: string): HTMLSelectElement => {
    const node = el('select', {}, ...options.map(([value, label]) => el('option', { value }, label)));
    node.value = chosen;
    return node;
};

const input = (attributes: Record<string, string | boolean>, value: string): HTMLInputElement => {
    const node = el('input', attributes);
    node.value = value;
    return node;
};

/** Unix seconds ↔ what a datetime-local field holds. */
function localText(at: number | null): string {
    return at === null ? '' : new Date((at - new Date(at * 1000).getTimezoneOffset() * 60) * 1000).toISOString().slice(0, 16);
}

class RuleForm {
    readonly node: HTMLFormElement;
    private readonly event;
    private readonly device;
    private readonly place;
    private readonly amount;
    private readonly channel;
    private readonly target;
    private readonly priority;
    private readonly from;
    private readonly until;
    private readonly zone;
    private readonly name;
    private readonly cooldown;
    private readonly paused;
    private readonly days: HTMLInputElement[];
    private readonly browsers = el('div', { role: 'status' }); // that take notifications
    private readonly fault = el('p', { class: 'field-error', role: 'alert' });
    private shownEvent: RuleEvent | null = null;

    constructor(private readonly rule: Rule | null, private readonly choices: Choices, private readonly viewer: Viewer, private readonly done: () => void) {
        const gone = rule !== null && !rule.anyDevice && rule.device === null;
        const devices: [string, string][] = [[ANY, t('ruleAnyDevice')], ...choices.devices.map(({ key, label }): [string, string] => [key, label])];
        this.device = new Field(select(gone ? [[KEPT, t('ruleDeviceGone')], ...devices] : devices, gone ? KEPT : rule?.device ?? ANY), 'device', 'ruleDevice');
        this.event = new Field(select(EVENTS.map((event) => [event, t(EVENT_NAMES[event])]), rule?.event ?? 'enter'), 'event', 'ruleHow');
        this.place = new Field(select([], ''), 'place', 'placeOne');
        this.amount = new Field(input({ type: 'number', step: '1', required: true }, String(rule?.amount ?? '')), 'amount', 'ruleMinutes');
        this.channel = new Field(select(CHANNELS.map((channel) => [channel, t(CHANNEL_NAMES[channel])]), rule?.channel ?? 'mail'), 'channel', 'ruleChannel');
        this.target = new Field(input({ required: true, maxlength: '500', autocomplete: 'off' }, rule?.target ?? ''), 'target', 'ruleAddress');
        this.priority = new Field(input({ type: 'number', min: '1', max: '5', step: '1', required: true }, String(rule?.priority ?? 3)), 'priority', 'rulePriority');
        this.from = new Field(input({ type: 'time' }, rule?.from ?? ''), 'from', 'ruleFrom');
        this.until = new Field(input({ type: 'time' }, rule?.until ?? ''), 'until', 'ruleUntil');
        const zones = [...new Set([rule?.zone ?? viewer.here, viewer.here, 'UTC', ...Intl.supportedValuesOf('timeZone')])];
        this.zone = new Field(select(zones.map((zone) => [zone, zone]), rule?.zone ?? viewer.here), 'zone', 'ruleZone');
        this.name = new Field(input({ maxlength: '100', autocomplete: 'off' }, rule?.name ?? ''), 'name', 'ruleName');
        this.cooldown = new Field(input({ type: 'number', min: '0', max: '10080', step: '1', required: true }, String(rule?.cooldown ?? 0)), 'cooldown', 'ruleCooldown');
        this.paused = new Field(input({ type: 'datetime-local' }, localText(rule?.pausedUntil ?? null)), 'paused_until', 'rulePauseUntil');
        this.name.say('ruleName', t('ruleNameHint'));
        this.days = ALL_DAYS.map((day) => {
            const box = input({ type: 'checkbox', value: String(day) }, String(day));
            box.checked = rule?.days.includes(day) ?? true;
            return box;
        });
        this.node = this.build();
        for (const { control } of [this.event, this.place, this.channel]) {
            control.addEventListener('change', () => this.refresh());
        }
        this.node.addEventListener('submit', (event) => {
            event.preventDefault();
            void this.save();
        });
        this.refresh();
    }

    private build(): HTMLFormElement {
        const limited = this.rule !== null && (this.rule.from !== null || this.rule.days.length < ALL_DAYS.length);
        const more = this.rule !== null && (this.rule.name !== '' || this.rule.cooldown > 0 || this.rule.pausedUntil !== null);
        const days = el('fieldset', { class: 'days' }, el('legend', {}, t('ruleDays')),
            ...this.days.map((box, i) => el('label', { class: 'choice' }, box, el('span', {}, format.weekday(i)))));
        return el('form', { id: 'rule-form', class: 'rule-form' },
            el('div', { class: 'field-row' }, this.device.node, this.event.node),
            el('div', { class: 'field-row' }, this.place.node, this.amount.node),
            el('div', { class: 'field-row' }, this.channel.node, this.priority.node), this.target.node, this.browsers,
            el('details', { class: 'more', open: limited }, el('summary', { class: 'button small' }, t('ruleTimes')),
                el('div', { class: 'rule-more' }, days, el('div', { class: 'field-row' }, this.from.node, this.until.node, this.zone.node), el('p', { class: 'muted' }, t('ruleUntilHint')))),
            el('details', { class: 'more', open: more }, el('summary', { class: 'button small' }, t('ruleMore')),
                el('div', { class: 'rule-more' }, this.name.node, this.cooldown.node, this.paused.node)),
            this.fault);
    }

    /** Shows what the chosen event and channel need. */
    private refresh(): void {
        const event = EVENTS.find((one) => one === this.event.control.value) ?? 'enter';
        const channel = CHANNELS.find((one) => one === this.channel.control.value) ?? 'mail';
        const amount = AMOUNTS[event];
        this.amount.show(amount !== undefined);
        if (amount && event !== this.shownEvent) {
            Object.assign(this.amount.control, { min: String(amount.least), max: String(amount.most) });
            this.amount.say(amount.name);
            if (this.shownEvent !== null || this.amount.control.value === '') {
                this.amount.control.value = String(event === this.rule?.event ? this.rule.amount ?? amount.usual : amount.usual);
            }
        }
        this.shownEvent = event;
        this.fillPlaces(event);
        const target = TARGETS[channel];
        this.target.show(target !== null);
        this.priority.show(channel === 'ntfy');
        if (target) {
            this.target.control.type = target.type;
            this.target.say(target.name, target.hint === null ? '' : t(target.hint));
        }
        this.browsers.hidden = channel !== 'push';
        if (channel === 'push' && this.browsers.childElementCount === 0) {
            notificationHint(this.browsers);
        }
        this.channel.say('ruleChannel', channel === 'mqtt' ? t('ruleMqttHint', { topic: `mytracks/${this.viewer.user}/alert` }) : '');
    }

    private fillPlaces(event: RuleEvent): void {
        const { control } = this.place;
        const any = event === 'enter' || event === 'leave';
        const chosen = control.options.length > 0 ? control.value : String(this.rule?.place ?? (any ? ANY : this.choices.places[0]?.id ?? ANY));
        control.replaceChildren(...(any ? [el('option', { value: ANY }, t('ruleAnyPlace'))] : []),
            ...this.choices.places.map(({ id, label }) => el('option', { value: String(id) }, label)));
        control.value = chosen;
        if (control.selectedIndex < 0) {
            control.selectedIndex = 0;
        }
        control.required = !any;
        this.place.say('placeOne', control.value === ANY ? t('ruleAnyPlaceHint') : '');
        this.place.show(event !== 'battery' && event !== 'silence');
    }

    private body(): Record<string, unknown> {
        const value = ({ control }: Field<Control>): string => control.value.trim();
        const { disabled: noPlace } = this.place.control;
        const device = value(this.device);
        return {
            event: value(this.event), ...(device === KEPT ? {} : { device: device === ANY ? null : device }),
            place: noPlace || value(this.place) === ANY ? null : Number(value(this.place)),
            amount: this.amount.control.disabled ? null : Number(value(this.amount)),
            channel: value(this.channel), target: this.target.control.disabled ? '' : value(this.target), priority: Number(value(this.priority)) || 3, language: document.documentElement.lang,
            days: this.days.filter((box) => box.checked).map((box) => Number(box.value)),
            from: value(this.from) || null, until: value(this.until) || null, zone: value(this.zone),
            name: value(this.name), cooldown: Number(value(this.cooldown)),
            paused_until: value(this.paused) === '' ? null : new Date(value(this.paused)).toISOString(),
        };
    }

    private async save(): Promise<void> {
        const fields = [this.event, this.device, this.place, this.amount, this.channel, this.target, this.priority, this.from, this.until, this.zone, this.name, this.cooldown, this.paused];
        fields.forEach((field) => field.fault(''));
        setText(this.fault, '');
        const { ok, text, body } = await (this.rule ? callApi('PATCH', `/api/rules/${this.rule.id}/`, this.body()) : callApi('POST', '/api/rules/', this.body()));
        if (ok) {
            this.done();
            return;
        }
        const faults = isObject(body) ? Object.entries(body).filter((one): one is [string, string[]] => Array.isArray(one[1])) : [];
        for (const [name, [why = '']] of faults) {
            const known = WRONG[name];
            const said = known ? t(known) : why;
            const field = fields.find((one) => one.name === name);
            if (field) {
                field.fault(said);
            } else {
                setText(this.fault, name === 'days' ? t('ruleBadDays') : said);
            }
        }
        if (faults.length === 0) {
            setText(this.fault, text);
        }
    }
}

/** rule: null for a new one. */
export function openRuleForm(rule: Rule | null, choices: Choices, viewer: Viewer, saved: () => void): void {
    const form = new RuleForm(rule, choices, viewer, () => {
        close();
        saved();
    });
    const save = el('button', { type: 'submit', class: 'button primary', form: 'rule-form' }, t('save'));
    const { close } = openWindow(t(rule ? 'ruleEditTitle' : 'ruleNewTitle'), [form.node], [save]);
}
