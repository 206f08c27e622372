// The pairing with a domesti-bot: what it may do, how often, a test, and what was sent to it last.
import { el, setText } from './dom.ts';
import * as format from './format.ts';
import { callApi } from './forms.ts';
import { isObject } from './model.ts';
import { t, type TextName } from './texts.ts';
import { toast } from './toast.ts';

const API = '/api/admin/domesti-bot/';
const CONFIG = `${API}config/`;
const SWITCHES = [['location_updates_enabled', 'botUpdates'], ['remote_request_location_enabled', 'botRequests']] as const;
const COOLDOWNS = [['location_request_user_cooldown_seconds', 'botUserWait'], ['location_request_device_cooldown_seconds', 'botDeviceWait']] as const;
const SOURCES: Record<string, TextName> = { pairing: 'botPairing', test: 'botTestSent', live: 'botLive' };

type Config = Record<string, unknown>;

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

/** One setting is saved at once; refused, it is as it was. */
async function save(name: string, value: boolean | number, undo: () => void): Promise<void> {
    const { ok, text: answer } = await callApi('PATCH', CONFIG, { [name]: value });
    if (!ok) {
        undo();
    }
    toast(ok ? t('profileSaved') : answer);
}

function onOff(name: string, label: TextName, on: boolean): HTMLElement {
    const box = el('input', { type: 'checkbox', name, checked: on });
    box.addEventListener('change', () => void save(name, box.checked, () => (box.checked = !box.checked)));
    return el('label', { class: 'choice' }, box, ' ', el('span', {}, t(label)));
}

function seconds(name: string, label: TextName, value: string): HTMLElement {
    const field = el('input', { type: 'number', id: name, name, min: '1', step: '1', required: true, value });
    let kept = value;
    field.addEventListener('change', () => {
        if (field.reportValidity()) {
            const before = kept;
            kept = field.value;
            void save(name, field.valueAsNumber, () => (field.value = kept = before));
        }
    });
    return el('div', { class: 'field' }, el('label', { for: name }, t(label)), field);
}

function revealButton(place: HTMLElement): HTMLElement {
    const button = el('button', { type: 'button', class: 'button' }, t('botReveal'));
    button.addEventListener('click', () => {
        void callApi('GET', `${API}reveal-api-key/`).then(({ ok, text: problem, body }) =>
            place.replaceChildren(el('code', {}, ok && isObject(body) ? text(body.api_key) : problem)));
    });
    return button;
}

/** What was sent last, newest first. */
function sentRow(event: Config): HTMLElement {
    const good = event.success === true;
    const at = Date.parse(text(event.sent_at)) / 1000;
    const source = SOURCES[text(event.source)];
    const answer = [text(event.http_status), text(event.elapsed_ms) === '' ? '' : `${format.whole(Number(event.elapsed_ms))}\u00a0ms`].filter((part) => part !== '').join(' · ');
    const head = el('summary', {}, el('span', { class: `tag ${good ? 'good' : 'bad'}` }, t(good ? 'botArrived' : 'botFailed')), ' ',
        `${Number.isFinite(at) ? format.dateTime(at) : ''} ${source ? t(source) : ''} ${text(event.user_id)}`, ' ', el('span', { class: 'muted' }, answer));
    return el('li', {}, el('details', {}, head,
        el('p', {}, el('code', {}, text(event.post_url))), el('pre', { class: 'payload', tabindex: '0' }, JSON.stringify(event.payload ?? {}, null, 2)),
        el('pre', { class: 'payload', tabindex: '0' }, text(event.response_preview))));
}

class Bot {
    private readonly sent = el('ul', { class: 'rows bot-log' });
    private readonly result = el('p', { role: 'status' });

    constructor(private readonly place: HTMLElement) {}

    async start(): Promise<void> {
        const config = await this.read();
        if (config) {
            this.facts(config);
            this.place.append(...SWITCHES.map(([name, label]) => onOff(name, label, config[name] === true)),
                el('div', { class: 'field-row' }, ...COOLDOWNS.map(([name, label]) => seconds(name, label, text(config[name])))),
                el('div', { class: 'button-row' }, this.testButton(), revealButton(this.result)), this.result, el('h3', {}, t('botSent')), this.sent);
            this.showSent(config);
        }
    }

    private async read(): Promise<Config | null> {
        const { ok, text: problem, body } = await callApi('GET', CONFIG);
        if (ok && isObject(body)) {
            return body;
        }
        toast(problem);
        return null;
    }

    private facts(config: Config): void {
        const at = Date.parse(text(config.paired_at)) / 1000;
        const rows: [TextName, string][] = [['botSince', Number.isFinite(at) ? format.dateTime(at) : ''],
            ['botLiveUrl', text(config.user_location_update_url)], ['botTestUrl', text(config.user_location_test_url)]];
        document.querySelector('#bot .facts')?.append(...rows.filter(([, value]) => value !== '')
            .flatMap(([name, value]) => [el('dt', {}, t(name)), el('dd', {}, value)]));
    }

    private showSent(config: Config): void {
        const log = Array.isArray(config.recent_webhook_log) ? config.recent_webhook_log.filter(isObject) : [];
        this.sent.replaceChildren(...log.length > 0 ? log.map(sentRow) : [el('li', { class: 'muted' }, t('botNothingSent'))]);
    }

    private testButton(): HTMLElement {
        const button = el('button', { type: 'button', class: 'button' }, t('botTest'));
        button.addEventListener('click', () => {
            button.setAttribute('aria-busy', 'true');
            void callApi('POST', `${API}test-location-update/`, {}).then(async ({ text: said }) => {
                button.removeAttribute('aria-busy');
                setText(this.result, said);
                const config = await this.read();
                if (config) {
                    this.showSent(config);
                }
            });
        });
        return button;
    }
}

/** Nothing where none is paired. */
export function startBot(): void {
    const place = document.getElementById('bot-settings');
    if (place) {
        void new Bot(place).start();
    }
}
