// What the map page asks and is asked: a device's position, to be friends, to sign in again.
import { callApi, devicePath } from './calls.ts';
import { deviceLabel, type DeviceInfo } from './model.ts';
import { t } from './texts.ts';
import { toast } from './toast.ts';

/** Kept by the server until the phone is there. */
const orderPosition = ({ deviceId, owner }: DeviceInfo) =>
    callApi('POST', devicePath(deviceId, 'cmd', owner), { action: 'reportLocation', expires_in: 3600 });

export async function askPosition(device: DeviceInfo | undefined): Promise<void> {
    if (!device) {
        return;
    }
    const { ok, text } = await orderPosition(device);
    toast(ok ? t('askedPosition', { name: deviceLabel(device) }) : text);
}

/** One's own phones, all at once. */
export async function askAll(devices: readonly DeviceInfo[]): Promise<void> {
    const answers = await Promise.all(devices.map(orderPosition));
    const asked = answers.filter(({ ok }) => ok).length;
    toast(asked === devices.length ? t('askedAll', { n: asked }) : t('askedSome', { n: asked, all: devices.length }));
}

/** Tells of people who wait for an answer: the page knows of them, no request is needed. */
export function tellRequests({ asking, askingName }: DOMStringMap): void {
    const count = Number(asking);
    if (count > 0) {
        toast(count === 1 ? t('friendsAskOne', { name: askingName ?? '' }) : t('friendsAskMany', { count }), {
            action: { label: t('look'), run: () => location.assign('/profile/#friends') },
        });
    }
}

export function tellSignedOut(): void {
    toast(t('signedOutText'), {
        sticky: true,
        action: { label: t('signInAgain'), run: () => location.assign('/login/?next=/') },
    });
}
