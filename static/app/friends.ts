// Friends: asking and being asked, and which of one's devices each of them may see.
import { api } from './api.ts';
import { ask } from './ask.ts';
import { callApi, type Answer } from './calls.ts';
import { byId, el, setText } from './dom.ts';
import { changeShare, inWords, parseAllShares, UNLIMITED, type Share, type Shares } from './limits.ts';
import { Links } from './links.ts';
import { deviceLabel, type DeviceInfo } from './model.ts';
import { tag } from './parts.ts';
import { debounce, parsePerson, parseRequests, type Person, type Requests } from './people.ts';
import { showAsking } from './requests.ts';
import { seenText } from './seen.ts';
import { t } from './texts.ts';
import { toast } from './toast.ts';
import { mapAddress } from './urlstate.ts';

interface State {
    friends: Person[];
    requests: Requests;
    shares: Shares;
    mine: DeviceInfo[]; // one's own devices
}

const people = (body: unknown): Person[] => (Array.isArray(body) ? body : []).map(parsePerson).filter((p) => p !== null);

async function load(me: string): Promise<State | null> {
    const [friends, requests, shares, devices] = await Promise.all([
        callApi('GET', '/api/friends/'), callApi('GET', '/api/friends/requests/'), callApi('GET', '/api/shares/'), api.devices().catch(() => null),
    ]);
    if (!friends.ok || !requests.ok || !shares.ok || devices === null) {
        return null;
    }
    return {
        friends: people(friends.body),
        requests: parseRequests(requests.body),
        shares: parseAllShares(shares.body),
        mine: devices.filter((d) => d.owner === me),
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

/** Beside each of one's devices, above. */
function showSeen(given: readonly Share[]): void {
    for (const part of document.querySelectorAll<HTMLElement>('details[data-settings-of]')) {
        const friends = given.filter(({ deviceId, state }) => state === 'active' && deviceId === part.dataset.settingsOf).length;
        const old = part.parentElement?.querySelector('.seen-by');
        const node = old ?? el('span', { class: 'muted seen-by' });
        setText(node, seenText({ friends, links: 0 }));
        part.before(node);
    }
}

class Friends {
    private readonly box = byId('friend-lists');
    private readonly links = new Links(() => void this.show());
    private readonly open = new Set<number>(); // friends whose part is open

    constructor(private readonly me: string) {}

    /** Reads all anew and shows it. */
    async show(): Promise<void> {
        const state = await load(this.me);
        if (state === null) {
            const again = button(t('retry'), '', () => this.show());
            this.box.replaceChildren(el('div', { class: 'empty', role: 'alert' }, el('p', {}, t('requestFailed')), again));
            return;
        }
        const parts = [this.received(state), this.sent(state), this.friends(state), this.sharedByMe(state), this.sharedWithMe(state)];
        this.box.replaceChildren(...parts.filter((part) => part !== null));
        showAsking(state.requests.received.length);
        showSeen(state.shares.given);
        await this.links.show(state.mine);
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
        return this.group(t('friendsAsking'), requests.received.map(({ id, who }) => {
            const back = el('input', { type: 'checkbox', checked: true });
            return el('li', { class: 'row' }, person(who),
                el('label', { class: 'choice' }, back, el('span', {}, t('acceptBack'))),
                el('span', { class: 'button-row' },
                    button(t('accept'), 'primary', () => this.act(
                        callApi('POST', `/api/friends/requests/${id}/accept/`, { auto_accept_reciprocal: back.checked }), t('friendsNow', { name: who.name }))),
                    button(t('decline'), '', () => this.act(callApi('POST', `/api/friends/requests/${id}/decline/`, {}), t('done')))));
        }));
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
        const { mine } = state;
        const rows = mine.map((device) => this.device(who, device, state.shares.given.find((s) => s.person.id === who.id && s.id === device.id)));
        const body = el('div', { class: 'friend-body' },
            el('p', { class: 'muted' }, mine.length > 0 ? t('friendSees', { name: who.name }) : t('friendNoDevices')),
            el('div', { class: 'choices', role: 'group', 'aria-label': t('friendSees', { name: who.name }) }, ...rows),
            button(t('friendRemove'), 'danger', () => this.remove(who)));
        const item = el('details', { class: 'friend', open: this.open.has(who.id) }, el('summary', {}, person(who)), body);
        item.addEventListener('toggle', () => (item.open ? this.open.add(who.id) : this.open.delete(who.id)));
        return el('li', {}, item);
    }

    /** One of my devices: shared with that friend or not, and within which limits. */
    private device(who: Person, device: DeviceInfo, share: Share | undefined): HTMLElement {
        const label = deviceLabel(device);
        const input = el('input', { type: 'checkbox' });
        input.checked = share !== undefined;
        input.addEventListener('change', () => void this.share(device, input, who));
        return el('div', { class: 'share-choice' },
            el('label', { class: 'choice' }, input, el('span', {}, label)),
            this.changer(who, { deviceId: device.deviceId, label }, share));
    }

    private changer(who: Person, device: { deviceId: string; label: string }, share: Share | undefined): HTMLElement {
        const node = button(t('shareLimits'), 'small', async () => changeShare(who, device, share ?? UNLIMITED, () => void this.show()));
        node.setAttribute('aria-label', `${t('shareLimits')}: ${who.name}, ${device.label}`);
        return node;
    }

    private async share(device: DeviceInfo, input: HTMLInputElement, who: Person): Promise<void> {
        const path = `/api/friends/${who.id}/shares/`;
        input.disabled = true;
        const names = { name: who.name, device: deviceLabel(device) };
        await this.act(input.checked ? callApi('POST', path, { device_id: device.deviceId })
            : callApi('DELETE', `${path}${encodeURIComponent(device.deviceId)}/`), t(input.checked ? 'shareGiven' : 'shareTaken', names));
    }

    private sharedByMe({ shares }: State): HTMLElement | null {
        return this.group(t('sharedByMe'), shares.given.map((share) => el('li', { class: 'row share' },
            el('span', { class: 'person' }, el('strong', {}, share.label), ' → ', person(share.person), el('br'), el('span', { class: 'muted' }, inWords(share))),
            share.state === 'active' ? tag('good', 'shareActive') : share.state === 'paused' ? tag('warn', 'shareIsPaused') : tag('', 'shareOver'),
            el('span', { class: 'button-row' }, this.changer(share.person, share, share),
                button(t('shareStop'), 'small danger', () => this.act(
                    callApi('DELETE', `/api/friends/${share.person.id}/shares/${encodeURIComponent(share.deviceId)}/`),
                    t('shareTaken', { name: share.person.name, device: share.label })))))));
    }

    private async remove(who: Person): Promise<void> {
        const answer = await ask({ title: t('friendRemove'), text: t('friendRemoveText', { name: who.name }), button: t('friendRemove') });
        if (answer !== null) {
            await this.act(callApi('DELETE', `/api/friends/${who.id}/`), t('done'));
        }
    }

    private sharedWithMe({ shares }: State): HTMLElement | null {
        return this.group(t('sharedWithMe'), shares.received.map((share) => el('li', { class: 'row share' },
            el('span', { class: 'person' }, el('strong', {}, share.label), ' ', el('span', { class: 'muted' }, share.person.name), el('br'),
                el('span', { class: 'muted' }, inWords(share))),
            el('a', { class: 'button small', href: mapAddress({ device: share.key }) }, t('openOnMap')))));
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
    const friends = new Friends(section.dataset.user ?? '');
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
