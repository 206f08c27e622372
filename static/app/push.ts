// Notifications in this browser (web push): whether it takes them, and making it do so or not.
import { callApi } from './calls.ts';
import { instant, list, number, objectOf, text, type Json } from './json.ts';
import { t } from './texts.ts';

export interface Browser {
    id: number;
    endpoint: string;
    agent: string;
    toldAt: number | null; // Unix seconds
}

/** none: it cannot; blocked: its owner has said no to it once. */
export type Here = 'on' | 'off' | 'blocked' | 'none';

export interface Notifications {
    key: string; // the server's
    browsers: Browser[];
    here: Here;
    own: number | null; // this browser's row
}

const URL_PATH = '/api/notifications/';

export const parseBrowsers = (body: Json): Browser[] => list(body, 'browsers').flatMap((row) => {
    const id = number(row, 'id');
    return id === null ? [] : [{ id, endpoint: text(row, 'endpoint'), agent: text(row, 'agent'), toldAt: instant(row, 'told_at') }];
});

/** Only on https (or this machine), and on an iPhone only as an app on the home screen. */
const isPossible = (): boolean => 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;

async function subscriptionHere(): Promise<PushSubscription | null> {
    const worker = isPossible() ? await navigator.serviceWorker.getRegistration() : undefined;
    return await worker?.pushManager.getSubscription() ?? null;
}

/** Null: the server did not answer. */
export async function readNotifications(): Promise<Notifications | null> {
    const [{ ok, body }, subscription] = await Promise.all([callApi('GET', URL_PATH), subscriptionHere().catch(() => null)]);
    if (!ok) {
        return null;
    }
    const browsers = parseBrowsers(objectOf(body));
    const own = browsers.find(({ endpoint }) => endpoint === subscription?.endpoint)?.id ?? null;
    const here = !isPossible() ? 'none' : Notification.permission === 'denied' ? 'blocked' : own === null ? 'off' : 'on';
    return { key: text(objectOf(body), 'public_key'), browsers, here, own };
}

async function subscribe(key: string): Promise<PushSubscription> {
    const worker = await navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready);
    const before = await worker.pushManager.getSubscription();
    await before?.unsubscribe(); // it may be of another server's key
    return worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

/** Asks whoever sits here, then the browser's maker, then tells the server. '' or why it came to nothing. */
export async function allowHere(key: string): Promise<string> {
    if (await Notification.requestPermission() !== 'granted') {
        return t('notifyBlocked');
    }
    try {
        const { ok, text: why } = await callApi('POST', URL_PATH, { ...(await subscribe(key)).toJSON(), language: document.documentElement.lang });
        return ok ? '' : why;
    } catch (error) {
        return t('notifyFailed', { why: error instanceof Error ? error.message : String(error) });
    }
}

/** '' or why it is still there. */
export async function forgetBrowser({ id }: Browser, isOwn: boolean): Promise<string> {
    if (isOwn) {
        await subscriptionHere().then((subscription) => subscription?.unsubscribe()).catch(() => undefined); // the row goes all the same
    }
    const { ok, text: why } = await callApi('DELETE', `${URL_PATH}${id}/`);
    return ok ? '' : why;
}
