// Friends: asking and being asked, and which of one's devices each of them may see.
import { api } from './api.ts';
import { byId, el } from './dom.ts';
import { ask, callApi, type Answer } from './forms.ts';
import { deviceLabel, type DeviceInfo } from './model.ts';
import { debounce, parsePerson, parseRequests, parseShares, type Person, type Requests } from './people.ts';
import { t } from './texts.ts';
import { toast } from './toast.ts';

interface State {
    friends: Person[];
    requests: Requests;
    devices: DeviceInfo[];
    me: string;
}

const people = (body: unknown): Person[] => (Array.isArray(body) ? body : []).map(parsePerson).filter((p) => p !== null);

async function load(me: string): Promise<State | null> {
    const [friends, requests, devices] = await Promise.all([
        callApi('GET', '/api/friends/'), callApi('GET', '/api/friends/requests/'), api.devices().catch(() => null),
    ]);
    if (!friends.ok || !requests.ok || devices === null) {
        return null;
    }
    return {
        friends: people(friends.body),
        requests: parseRequests(requests.body),
        devices,
        me,
    };
}

function person(who: Person): HTMLElement {
    const text = el('span', { class: 'person' }, el('strong', {}, who.name));
    if (who.name !== who.username) {
        text.append(' ', el('span', { class: 'muted' }, who.username));
    }
    return text;
}

function button(label: string, kind: string, run: () => Promise<void>): HTMLButtonElement {
    const node = el('button', { type: 'button', class: `button ${kind}` }, label);
    node.addEventListener('click', () => {
        node.disabled = true;
        void run().finally(() => (node.disabled = false));
    });
    return node;
}

class Friends {
    private readonly box = byId('friend-lists');

    constructor(private readonly me: string, private readonly isStaff: boolean) {}

    /** Reads all anew and shows it. */
    async show(): Promise<void> {
        const state = await load(this.me);
        if (state === null) {
            const again = button(t('retry'), '', () => this.show());
            this.box.replaceChildren(el('div', { class: 'empty', role: 'alert' }, el('p', {}, t('requestFailed')), again));
            return;
        }
        const parts = [this.received(state), this.sent(state), this.friends(state), this.sharedWithMe(state)];
        this.box.replaceChildren(...parts.filter((part) => part !== null));
    }

    private async act(answer: Promise<Answer>, done: string): Promise<void> {
        const { ok, text } = await answer;
        toast(ok ? done : text);
        await this.show();
    }

    private group(title: string, rows: HTMLElement[]): HTMLElement | null {
        return rows.length === 0 ? null : el('div', { class: 'people' }, el('h3', {}, title), el('ul', { class: 'rows' }, ...rows));
    }

    private received({ requests }: State): HTMLElement | null {
        return this.group(t('friendsAsking'), requests.received.map(({ id, who }) => el('li', { class: 'row' }, person(who),
            el('span', { class: 'button-row' },
                button(t('accept'), 'primary', () => this.act(
                    callApi('POST', `/api/friends/requests/${id}/accept/`, { auto_accept_reciprocal: true }), t('friendsNow', { name: who.name }))),
                button(t('decline'), '', () => this.act(callApi('POST', `/api/friends/requests/${id}/decline/`, {}), t('done')))))));
    }

    private sent({ requests }: State): HTMLElement | null {
        return this.group(t('friendsAsked'), requests.sent.map(({ id, who }) => el('li', { class: 'row' }, person(who),
            button(t('cancel'), '', () => this.act(callApi('DELETE', `/api/friends/requests/${id}/`), t('done'))))));
    }

    private friends(state: State): HTMLElement {
        const rows = state.friends.map((who) => this.friend(who, state));
        return this.group(t('friends'), rows) ?? el('p', { class: 'muted' }, t('friendsNone'));
    }

    private friend(who: Person, state: State): HTMLElement {
        const mine = state.devices.filter((d) => d.owner === this.me);
        const choices = el('div', { class: 'choices', role: 'group', 'aria-label': t('friendSees', { name: who.name }) });
        const body = el('div', { class: 'friend-body' },
            el('p', { class: 'muted' }, mine.length > 0 ? t('friendSees', { name: who.name }) : t('friendNoDevices')), choices,
            button(t('friendRemove'), 'danger', () => this.remove(who)));
        const item = el('details', { class: 'friend' }, el('summary', {}, person(who)), body);
        item.addEventListener('toggle', () => void this.fillShares(who, mine, choices), { once: true });
        return el('li', {}, item);
    }

    private async fillShares(who: Person, mine: DeviceInfo[], choices: HTMLElement): Promise<void> {
        const path = `/api/friends/${who.id}/shares/`;
        const answer = await callApi('GET', path);
        const shared = parseShares(answer.body);
        choices.replaceChildren(...mine.map((device) => {
            const input = el('input', { type: 'checkbox' });
            input.checked = shared.has(device.deviceId);
            input.addEventListener('change', () => void this.share(path, device, input, who));
            return el('label', { class: 'choice' }, input, el('span', {}, deviceLabel(device)));
        }));
    }

    private async share(path: string, device: DeviceInfo, input: HTMLInputElement, who: Person): Promise<void> {
        const wanted = input.checked;
        input.disabled = true;
        const answer = wanted ? await callApi('POST', path, { device_id: device.deviceId })
            : await callApi('DELETE', `${path}${encodeURIComponent(device.deviceId)}/`);
        input.disabled = false;
        if (!answer.ok) {
            input.checked = !wanted;
        }
        const names = { name: who.name, device: deviceLabel(device) };
        toast(answer.ok ? t(wanted ? 'shareGiven' : 'shareTaken', names) : answer.text);
    }

    private async remove(who: Person): Promise<void> {
        const answer = await ask({ title: t('friendRemove'), text: t('friendRemoveText', { name: who.name }), button: t('friendRemove') });
        if (answer !== null) {
            await this.act(callApi('DELETE', `/api/friends/${who.id}/`), t('done'));
        }
    }

    /** Staff see every device: which of them somebody shares is not to be told from the list. */
    private sharedWithMe({ devices }: State): HTMLElement | null {
        const rows = this.isStaff ? [] : devices.filter((d) => d.owner !== this.me);
        return this.group(t('sharedWithMe'), rows.map((d) => el('li', { class: 'row' }, el('strong', {}, deviceLabel(d)), el('span', { class: 'muted' }, d.owner))));
    }
}

/** Names that begin like what was typed, as the browser's own list under the field. */
function suggest(input: HTMLInputElement): void {
    const names = byId<HTMLDataListElement>('friend-names');
    input.addEventListener('input', debounce(200, async () => {
        const q = input.value.trim();
        const found = q === '' ? [] : people((await callApi('GET', `/api/friends/user-search/?q=${encodeURIComponent(q)}`)).body);
        names.replaceChildren(...found.map((p) => el('option', { value: p.username }, p.name === p.username ? '' : p.name)));
    }));
}

export function startFriends(): void {
    const section = byId('friends');
    const form = byId<HTMLFormElement>('friend-ask');
    const input = byId<HTMLInputElement>('friend-name');
    const friends = new Friends(section.dataset.user ?? '', section.dataset.staff !== undefined);
    suggest(input);
    form.addEventListener('submit', (event) => {
        event.preventDefault();
        const username = input.value.trim();
        const both = byId<HTMLInputElement>('friend-both').checked;
        void callApi('POST', '/api/friends/requests/', { username, auto_accept_reciprocal: both }).then(async ({ ok, text }) => {
            toast(ok ? t('friendAsked', { name: username }) : text);
            if (ok) {
                input.value = '';
            }
            await friends.show();
        });
    });
    void friends.show();
}
