// The search: one field over devices, places, days and pages, as a combobox (ARIA APG). Loaded when it is wanted.
import { callApi } from './calls.ts';
import { parseDay } from './daywords.ts';
import { el, icon, iconButton, setText } from './dom.ts';
import * as format from './format.ts';
import { parseFence, type Fence } from './model.ts';
import { dayOf, startOf } from './past.ts';
import { ranked, type Hit } from './searchmodel.ts';
import type { SearchHost } from './searching.ts';
import { locale, t, type TextName } from './texts.ts';

const PAGES: [TextName, string, boolean][] = [ // name, address, for administrators alone
    ['places', '/geofences/', false], ['profile', '/profile/', false], ['yourDevices', '/profile/#devices', false], ['friends', '/profile/#friends', false],
    ['about', '/about/', false], ['apiDocs', '/api/docs/', false], ['administration', '/admin-panel/', true],
    ['status', '/admin-panel/status/', true], ['data', '/admin-panel/data/', true],
];
const now = (): number => Date.now() / 1000;

class Search {
    private places: Fence[] = [];
    private hits: Hit[] = []; // as they are listed
    private active = -1;
    private readonly input = el('input', {
        type: 'text', role: 'combobox', id: 'search-input', 'aria-label': t('search'), 'aria-autocomplete': 'list', 'aria-controls': 'search-list',
        'aria-expanded': 'false', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', maxlength: '200', placeholder: t('searchHint'),
    });
    private readonly list = el('div', { role: 'listbox', id: 'search-list', class: 'search-list', 'aria-label': t('search') });
    private readonly note = el('p', { class: 'muted', role: 'status' });
    private readonly dialog = el('dialog', { class: 'card search-window', 'aria-label': t('search') },
        el('div', { class: 'search-field' }, icon('search'), el('div', { class: 'field' }, this.input), iconButton(t('close'), 'close', () => this.dialog.close())), this.list, this.note);

    constructor(private readonly host: SearchHost) {
        this.input.addEventListener('input', () => this.show());
        this.input.addEventListener('keydown', (event) => this.key(event));
        this.dialog.addEventListener('close', () => this.dialog.remove());
        this.dialog.addEventListener('click', (event) => event.target === this.dialog && this.dialog.close());
        document.body.append(this.dialog);
        this.dialog.showModal();
        this.input.focus();
        this.show();
        void this.readPlaces();
    }

    private async readPlaces(): Promise<void> {
        const { ok, body } = await callApi('GET', '/api/geofences/');
        if (ok && Array.isArray(body) && this.dialog.open) {
            this.places = body.map(parseFence).filter((place) => place !== null);
            this.show();
        }
    }

    // ---- what there is

    private all(): Hit[] {
        const { devices, viewer, openDevice, openPlace, openPage, staff } = this.host;
        return [
            ...devices.map(({ key, label, owner }): Hit => ({
                group: owner === viewer || owner === '' ? 'devices' : 'searchFriends', label, icon: 'phone',
                detail: owner === viewer ? '' : owner, open: () => openDevice(key),
            })),
            ...this.places.map((place): Hit => ({ group: 'places', label: place.label, icon: 'pin', open: () => openPlace(place) })),
            ...PAGES.filter(([, , forStaff]) => staff || !forStaff).map(([name, address]): Hit => ({ group: 'pages', label: t(name), icon: 'after', open: () => openPage(address) })),
        ];
    }

    private days(): Hit[] {
        const query = this.input.value;
        const words = { today: t('today'), yesterday: t('yesterday') };
        const found = query.trim() === '' ? [dayOf(now()), parseDay(words.yesterday, now(), locale, words)] : [parseDay(query, now(), locale, words)];
        return found.filter((day) => day !== null).map((day) => ({
            group: 'searchDays', label: format.longDay(startOf(day) ?? 0), detail: day, icon: 'calendar', open: () => this.host.openDay(day),
        }));
    }

    // ---- the list

    private show(): void {
        const days = this.days();
        const found = ranked(this.input.value, this.all());
        const groups: [TextName, Hit[]][] = days.length > 0 && this.input.value.trim() !== '' ? [['searchDays', days], ...found]
            : days.length > 0 ? [...found, ['searchDays', days]] : found;
        this.hits = groups.flatMap(([, hits]) => hits);
        let number = 0;
        this.list.replaceChildren(...groups.map(([group, hits], i) => el('div', { role: 'group', 'aria-labelledby': `search-group-${i}` },
            el('div', { class: 'search-group', id: `search-group-${i}`, role: 'presentation' }, t(group)),
            ...hits.map((hit) => this.option(hit, number++)))));
        this.list.hidden = this.hits.length === 0;
        this.input.setAttribute('aria-expanded', String(this.hits.length > 0));
        setText(this.note, this.hits.length === 0 ? t('searchNothing') : t('searchFound', { n: this.hits.length }));
        this.choose(this.input.value.trim() === '' || this.hits.length === 0 ? -1 : 0);
    }

    private option({ label, detail = '', icon: name }: Hit, i: number): HTMLElement {
        const node = el('div', { role: 'option', id: `search-option-${i}`, class: 'search-option', 'aria-selected': 'false' },
            icon(name), el('span', {}, label), detail === '' ? null : el('span', { class: 'muted' }, detail));
        node.addEventListener('pointerdown', (event) => event.preventDefault()); // the field keeps the focus
        node.addEventListener('click', () => this.open(i));
        return node;
    }

    /** -1: none. */
    private choose(i: number): void {
        this.active = i;
        this.list.querySelectorAll('[role=option]').forEach((node, n) => {
            node.setAttribute('aria-selected', String(n === i));
            if (n === i) {
                node.scrollIntoView({ block: 'nearest' });
            }
        });
        if (i < 0) {
            this.input.removeAttribute('aria-activedescendant');
        } else {
            this.input.setAttribute('aria-activedescendant', `search-option-${i}`);
        }
    }

    private key(event: KeyboardEvent): void {
        const n = this.hits.length;
        const to = { ArrowDown: (this.active + 1) % n, ArrowUp: (Math.max(this.active, 0) - 1 + n) % n }[event.key];
        if (to !== undefined && n > 0) {
            event.preventDefault();
            this.choose(to);
        } else if (event.key === 'Enter' && !event.isComposing) {
            event.preventDefault();
            this.open(Math.max(this.active, 0));
        }
    }

    private open(i: number): void {
        const hit = this.hits[i];
        if (hit) {
            this.dialog.close();
            hit.open();
        }
    }
}

export function openSearch(host: SearchHost): void {
    new Search(host);
}
