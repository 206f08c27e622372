// The first steps of an administrator: certificates in one go, with what each attempt begins where the last one ended.
import { callApi } from './calls.ts';
import { byId, el, icon } from './dom.ts';
import { startPage } from './forms.ts';
import { text } from './json.ts';
import { isObject } from './model.ts';
import { NameList, ownNames, parseName } from './names.ts';
import { parseStatus } from './status-model.ts';
import { t, type TextName } from './texts.ts';

const PATIENCE = 30_000; // ms, for the broker to show the new certificate
const POLL = 1000; // ms
const KEY = { key_size: 3072 }; // strong for as long as these last, and a small machine finds one in seconds

interface Stage {
    name: TextName;
    /** What is wrong; null when it is done. */
    run: () => Promise<string | null>;
}

class Certificates {
    private readonly form = byId<HTMLFormElement>('tls-form');
    private readonly progress = byId('tls-progress');
    private readonly name = byId<HTMLInputElement>('tls-name');
    private readonly more = new NameList(byId<HTMLInputElement>('tls-sans'));
    private fingerprint = '';

    constructor() {
        void ownNames().then((names) => {
            const offer = (): void => this.more.suggest(names.filter((name) => name !== this.name.value.trim()));
            this.name.addEventListener('input', offer);
            offer();
        });
        this.name.addEventListener('input', () => this.check());
        this.form.addEventListener('submit', (event) => {
            event.preventDefault();
            void this.make();
        });
    }

    private check(): void {
        const parsed = parseName(this.name.value);
        this.name.setCustomValidity('error' in parsed ? t(parsed.error) : '');
    }

    private async post(path: string, body: object): Promise<{ why: string | null; made: Record<string, unknown> }> {
        const { ok, text: why, body: made } = await callApi('POST', `/api/admin/pki/${path}/`, { ...KEY, ...body });
        return { why: ok ? null : why, made: isObject(made) ? made : {} };
    }

    /** What is there is not made again: this form may be sent twice. */
    private once(flag: 'authority' | 'mine', path: string, body: object): () => Promise<string | null> {
        return async () => {
            if (this.form.dataset[flag] === '1') {
                return null;
            }
            const { why } = await this.post(path, body);
            this.form.dataset[flag] = why === null ? '1' : '0';
            return why;
        };
    }

    private async server(): Promise<string | null> {
        const parsed = parseName(this.name.value);
        const name = 'name' in parsed ? parsed.name : this.name.value.trim();
        if (this.fingerprint !== '') {
            return null;
        }
        const { why, made } = await this.post('server-cert', { common_name: name, san_entries: [...new Set([name, ...this.more.values])] });
        this.fingerprint = text(made, 'fingerprint');
        return why;
    }

    private async shown(): Promise<string | null> {
        for (const end = Date.now() + PATIENCE; Date.now() < end;) {
            const { body } = await callApi('GET', '/api/admin/status/');
            const listener = parseStatus(body)?.agent?.listener;
            if (listener?.open && listener.certificate?.fingerprint === this.fingerprint) {
                return null;
            }
            await new Promise((resolve) => setTimeout(resolve, POLL));
        }
        return t('tlsNotShown');
    }

    private busy(is: boolean): void {
        for (const button of this.form.querySelectorAll<HTMLButtonElement>('button[type=submit]')) {
            button.disabled = is;
            button.setAttribute('aria-busy', String(is));
        }
    }

    private async make(): Promise<void> {
        const stages: Stage[] = [
            { name: 'tlsStageCa', run: this.once('authority', 'ca', {}) },
            { name: 'tlsStageServer', run: () => this.server() },
            { name: 'tlsStageMine', run: this.once('mine', 'client-certs', { user_id: Number(this.form.dataset.user) }) },
            { name: 'tlsStageShown', run: () => this.shown() },
        ];
        this.busy(true);
        this.progress.hidden = false;
        for (let at = 0; at < stages.length; at++) {
            this.draw(stages, at, null);
            const why = await stages[at]?.run() ?? null;
            if (why !== null) {
                this.draw(stages, at, why);
                this.busy(false);
                return;
            }
        }
        this.draw(stages, stages.length, null);
        this.finish();
    }

    /** Those before `at` are done; that one runs, or has failed. */
    private draw(stages: Stage[], at: number, why: string | null): void {
        this.progress.replaceChildren(...stages.map(({ name }, i) => {
            const bad = i === at && why !== null;
            const sign = i < at ? icon('check') : bad ? icon('alert') : el('span', { class: i === at ? 'pulse' : 'step-dot' });
            return el('li', { class: `layer ${i < at ? 'good' : bad ? 'bad' : 'waits'}` }, sign,
                el('div', {}, el('strong', {}, t(name)), bad ? el('p', {}, why) : null));
        }));
    }

    private finish(): void {
        const step = byId('tls-step');
        const next = el('a', { class: 'button primary', href: '/profile/#add-phone' }, t('stepPhone'));
        step.classList.add('done');
        step.firstElementChild?.replaceWith(icon('check'));
        byId('tls-title').append(' ', el('span', { class: 'tag good' }, t('stepDone')));
        this.form.replaceWith(el('p', {}, t('tlsReady')));
        this.progress.after(el('p', {}, next));
        next.focus();
    }
}

startPage();
if (document.getElementById('tls-form')) {
    new Certificates();
}
