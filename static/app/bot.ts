// The pairing with a domesti-bot: what it may do, how often, a test, and what was sent to it last.
import { callApi } from './calls.ts';
import { el, setText } from './dom.ts';
import * as format from './format.ts';
import { joined } from './joined.ts';
import { flag, instant, list, number, text, type Json } from './json.ts';
import { isObject } from './model.ts';
import { tag } from './parts.ts';
import { t, type TextName } from './texts.ts';
import { toast } from './toast.ts';

const API = '/api/admin/domesti-bot/';
const CONFIG = `${API}config/`;
const SWITCHES = [['location_updates_enabled', 'botUpdates'], ['remote_request_location_enabled', 'botRequests']] as const;
const COOLDOWNS = [['location_request_user_cooldown_seconds', 'botUserWait'], ['location_request_device_cooldown_seconds', 'botDeviceWait']] as const;
const SOURCES: Record<string, TextName> = { pairing: 'botPairing', test: 'botTestSent', live: 'botLive' };

function moment(row: Json, key: string): string {
    const at = instant(row, key);
    return at === null ? '' : format.dateTime(at);
}

/** One setting is saved at once; refused, it is as it was. */
async function save(name: string, value: boolean | number, undo: () => void): Promise<void> {
    const { ok, text: problem } = await callApi('PATCH', CONFIG, { [name]: value });
    if (!ok) {
        undo();
    }
    toast(ok ? t('profileSaved') : problem);
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
            place.replaceChildren(el('code', {}, ok && isObject(body) ? text(body, 'api_key') : problem)));
    });
    return button;
}

/** What was sent last, newest first. */
function sentRow(event: Json): HTMLElement {
    const good = flag(event, 'success');
    const source = SOURCES[text(event, 'source')];
    const [status, took] = [number(event, 'http_status'), number(event, 'elapsed_ms')];
    const answer = joined([status === null ? '' : String(status), took === null ? '' : `${format.whole(took)}\u00a0ms`]);
    const head = el('summary', {}, tag(good ? 'good' : 'bad', good ? 'botArrived' : 'botFailed'), el('span', {}, moment(event, 'sent_at')),
        el('span', {}, joined([source ? t(source) : '', text(event, 'user_id')])), el('span', { class: 'muted' }, answer));
    return el('li', {}, el('details', {}, head,
        el('p', {}, el('code', {}, text(event, 'post_url'))), el('pre', { class: 'payload', tabindex: '0' }, JSON.stringify(event.payload ?? {}, null, 2)),
        el('pre', { class: 'payload', tabindex: '0' }, text(event, 'response_preview'))));
}

class Bot {
    private readonly sent = el('ul', { class: 'rows bot-log' });
    private readonly result = el('p', { role: 'status' });

    constructor(private readonly place: HTMLElement) {}

    async start(): Promise<void> {
        const config = await this.read();
        if (config) {
            this.facts(config);
            this.place.append(...SWITCHES.map(([name, label]) => onOff(name, label, flag(config, name))),
                el('div', { class: 'field-row' }, ...COOLDOWNS.map(([name, label]) => seconds(name, label, String(number(config, name) ?? '')))),
                el('div', { class: 'button-row' }, this.testButton(), revealButton(this.result)), this.result, el('h3', {}, t('botSent')), this.sent);
            this.showSent(config);
        }
    }

    private async read(): Promise<Json | null> {
        const { ok, text: problem, body } = await callApi('GET', CONFIG);
        if (ok && isObject(body)) {
            return body;
        }
        toast(problem);
        return null;
    }

    private facts(config: Json): void {
        const rows: [TextName, string][] = [['botSince', moment(config, 'paired_at')],
            ['botLiveUrl', text(config, 'user_location_update_url')], ['botTestUrl', text(config, 'user_location_test_url')]];
        document.querySelector('#bot .facts')?.append(...rows.filter(([, value]) => value !== '')
            .flatMap(([name, value]) => [el('dt', {}, t(name)), el('dd', {}, value)]));
    }

    private showSent(config: Json): void {
        const log = list(config, 'recent_webhook_log');
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
