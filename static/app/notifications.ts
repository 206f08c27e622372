// The browsers that take notifications: on the profile all of them, in a rule's window whether this one is among them.
import { el } from './dom.ts';
import { button, tag, when } from './parts.ts';
import { allowHere, forgetBrowser, readNotifications, type Here, type Notifications } from './push.ts';
import { t, type TextName } from './texts.ts';
import { toast } from './toast.ts';
import { browserName } from './useragent.ts';

const HERE: Record<Here, TextName> = { on: 'notifyOn', off: 'notifyOff', blocked: 'notifyBlocked', none: 'notifyImpossible' };

/** What this browser does, with what can be done about it. drawn: once the server has said so. */
class ThisBrowser {
    constructor(private readonly place: HTMLElement, private readonly drawn: (now: Notifications) => void) {}

    async show(): Promise<void> {
        const now = await readNotifications().catch(() => null);
        this.place.replaceChildren(el('p', {}, t(now ? HERE[now.here] : 'notifyUnread')),
            ...(now?.here === 'off' ? [el('p', {}, button(t('notifyAllow'), (pressed) => void this.allow(now.key, pressed)))] : []));
        if (now) {
            this.drawn(now);
        }
    }

    private async allow(key: string, pressed: HTMLButtonElement): Promise<void> {
        pressed.disabled = true;
        const why = await allowHere(key);
        toast(why === '' ? t('notifyAllowed') : why);
        await this.show();
        this.place.querySelector('button')?.focus();
    }
}

/** Into a rule's window. */
export function notificationHint(place: HTMLElement): void {
    void new ThisBrowser(place, ({ browsers, here }) => {
        const others = browsers.length - (here === 'on' ? 1 : 0);
        if (others > 0) {
            place.append(el('p', { class: 'muted' }, t('notifyOthers', { n: others })));
        }
    }).show();
}

/** The profile's part. */
export function startNotifications(place: HTMLElement): void {
    const state = el('div', { role: 'status' });
    const rows = el('ul', { class: 'rows' });
    const here = new ThisBrowser(state, ({ browsers, own }) => {
        rows.hidden = browsers.length === 0;
        rows.replaceChildren(...browsers.map((browser) => el('li', { class: 'row' },
            el('strong', {}, browserName(browser.agent) || t('browser')), ' ', browser.id === own ? tag('good', 'notifyThisOne') : '',
            ' ', el('span', { class: 'muted' }, ...(browser.toldAt === null ? [t('notifyNone')] : [t('notifyLast'), ' ', when(browser.toldAt)])),
            el('div', { class: 'button-row' }, button(t('delete'), (pressed) => {
                pressed.disabled = true;
                void forgetBrowser(browser, browser.id === own).then(async (why) => {
                    toast(why === '' ? t('notifyRemoved') : why);
                    await here.show();
                });
            })))));
    });
    place.append(state, rows);
    void here.show();
}
