// What the map page asks and is asked: a device's position, and to be friends.
import { callApi } from './forms.ts';
import { deviceLabel, type DeviceInfo } from './model.ts';
import { parseRequests } from './people.ts';
import { t } from './texts.ts';
import { toast } from './toast.ts';

/** Kept by the server until the phone is there. */
export async function askPosition(device: DeviceInfo): Promise<void> {
    const path = `/api/devices/${encodeURIComponent(device.deviceId)}/cmd/`;
    const { ok, text } = await callApi('POST', path, { action: 'reportLocation', expires_in: 3600 });
    toast(ok ? t('askedPosition', { name: deviceLabel(device) }) : text);
}

/** Tells of people who wait for an answer. */
export async function tellRequests(): Promise<void> {
    const { ok, body } = await callApi('GET', '/api/friends/requests/');
    const { received } = parseRequests(ok ? body : null);
    const [first] = received;
    if (first) {
        toast(received.length === 1 ? t('friendsAskOne', { name: first.who.name }) : t('friendsAskMany', { count: received.length }), {
            action: { label: t('look'), run: () => location.assign('/profile/#friends') },
        });
    }
}
