// The names and addresses that stand in a server's certificate, as a list with suggestions over a field of commas.
import { callApi } from './calls.ts';
import { el, icon, setText } from './dom.ts';
import { isObject } from './model.ts';
import { t, type TextName } from './texts.ts';

const LABEL = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?';
const HOST = new RegExp(`^(?:\\*\\.)?${LABEL}(?:\\.${LABEL})*$`);
const MOST = 100; // as the server takes

export type Parsed = { name: string; kind: 'address' | 'host' } | { error: TextName };

/** As a certificate has it: small letters, other alphabets in ASCII, addresses in their short form. */
export function parseName(typed: string): Parsed {
    const text = typed.trim().replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
    if (text === '') {
        return { error: 'nameEmpty' };
    }
    if (/[/@?#\s]|^[a-z]+:\/\//i.test(text)) {
        return { error: 'nameOnly' };
    }
    if (text.includes(':') || /^[\d.]+$/.test(text)) {
        return parseAddress(text);
    }
    const wild = text.startsWith('*.');
    const name = `${wild ? '*.' : ''}${hostOf(wild ? text.slice(2) : text)}`;
    return name.length <= 253 && HOST.test(name) && !/^[\d.]+$/.test(name) ? { name, kind: 'host' } : { error: 'nameBad' };
}

/** As browsers write it; '': it is none. */
function hostOf(text: string): string {
    try {
        return new URL(`http://${text}/`).hostname;
    } catch {
        return '';
    }
}

function parseAddress(text: string): Parsed {
    const six = text.includes(':');
    const name = hostOf(six ? `[${text}]` : text).replace(/^\[(.*)\]$/, '$1');
    return name !== '' && (six || name === text) ? { name, kind: 'address' } : { error: 'addressBad' };
}

/** This host's names and addresses in its networks, the one that the page was asked by first. */
export async function ownNames(): Promise<string[]> {
    const { body } = await callApi('GET', '/network-info/');
    if (!isObject(body)) {
        return [];
    }
    const all = [body.hostname, ...(Array.isArray(body.local_ips) ? body.local_ips as unknown[] : [])];
    return all.flatMap((one) => {
        const parsed = typeof one === 'string' ? parseName(one) : null;
        return parsed && 'name' in parsed ? [parsed.name] : [];
    });
}

export class NameList {
    private readonly names: string[] = [];
    private readonly list = el('ul', { class: 'chips' });
    private readonly offers = el('div', { class: 'button-row offers' });
    private readonly said: HTMLElement;
    private readonly input: HTMLInputElement;
    private suggested: string[] = [];

    /** field: holds them with commas between, for the form; it is hidden, its label stays. */
    constructor(private readonly field: HTMLInputElement) {
        const id = `${field.id}-new`;
        this.said = el('p', { class: 'muted', id: `${id}-said`, role: 'status' });
        this.input = el('input', {
            id, type: 'text', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', placeholder: field.placeholder, 'aria-describedby': `${id}-said`,
        });
        const add = el('button', { type: 'button', class: 'button' }, t('nameAdd'));
        add.addEventListener('click', () => this.take());
        this.input.addEventListener('input', () => this.check());
        this.input.addEventListener('keydown', (event) => {
            if (event.key === 'Enter' || event.key === ',') {
                event.preventDefault(); // the form is not sent
                this.take();
            }
        });
        // What was typed and not added is meant as well.
        field.form?.addEventListener('submit', (event) => {
            if (this.input.value.trim() !== '' && !this.take()) {
                event.preventDefault();
                event.stopImmediatePropagation();
            }
        }, { capture: true });
        field.labels?.forEach((label) => { label.htmlFor = id; });
        field.type = 'hidden';
        field.after(this.list, el('div', { class: 'inline-form' }, el('div', { class: 'field' }, this.input), add), this.said, this.offers);
        field.value.split(',').forEach((one) => this.addOne(one));
        this.draw();
    }

    get values(): readonly string[] {
        return this.names;
    }

    suggest(names: string[]): void {
        this.suggested = names;
        this.draw();
    }

    /** Adds what can be added and says so; the rest stays in the field. */
    private take(): boolean {
        const bad = this.input.value.split(/[\s,]+/).filter((one) => one !== '').filter((one) => !this.addOne(one));
        const taken = bad.length === 0 && this.input.value.trim() !== '';
        this.input.value = bad.join(', ');
        this.draw();
        this.check();
        this.input.focus();
        return taken;
    }

    private addOne(text: string): boolean {
        const parsed = parseName(text);
        if (!('name' in parsed) || this.names.length >= MOST) {
            return false;
        }
        if (!this.names.includes(parsed.name)) {
            this.names.push(parsed.name);
        }
        return true;
    }

    private check(): void {
        const parts = this.input.value.split(/[\s,]+/).filter((one) => one !== '').map(parseName);
        const wrong = parts.find((one) => 'error' in one);
        const why = this.names.length >= MOST ? t('namesMost', { n: MOST }) : wrong && 'error' in wrong ? t(wrong.error) : '';
        this.input.setCustomValidity(why);
        this.input.setAttribute('aria-invalid', String(why !== ''));
        setText(this.said, why);
    }

    private remove(name: string): void {
        const at = this.names.indexOf(name);
        this.names.splice(at, 1);
        this.draw();
        const next = this.list.querySelectorAll<HTMLElement>('button')[Math.min(at, this.names.length - 1)];
        (next ?? this.input).focus();
        setText(this.said, t('nameRemoved', { name }));
    }

    private draw(): void {
        this.field.value = this.names.join(', ');
        this.list.replaceChildren(...this.names.map((name) => {
            const button = el('button', { type: 'button', class: 'chip-x', 'aria-label': t('nameRemove', { name }) }, icon('close'));
            button.addEventListener('click', () => this.remove(name));
            return el('li', { class: 'chip' }, el('span', {}, name), button);
        }));
        this.list.hidden = this.names.length === 0;
        const offers = this.suggested.filter((name) => !this.names.includes(name));
        this.offers.hidden = offers.length === 0;
        this.offers.replaceChildren(el('span', { class: 'muted' }, t('namesOffered')), ...offers.map((name) => {
            const button = el('button', { type: 'button', class: 'button small' }, `+ ${name}`);
            button.addEventListener('click', () => {
                this.addOne(name);
                this.draw();
                (this.offers.querySelector('button') ?? this.input).focus();
            });
            return button;
        }));
    }
}
