// Things that several tests need.
import type { LiveWorld } from '../app/live.ts';
import type { DeviceInfo, Fix } from '../app/model.ts';

export function fix(values: Partial<Fix> = {}): Fix {
    return {
        id: 1, device: 1, deviceKey: 'anna/phone', lat: 48.2, lon: 16.37, time: 1_790_000_000, reported: 1_790_000_000,
        accuracy: 10, altitude: null, speed: null, course: null, battery: null, charging: false, overMqtt: true, ...values,
    };
}

export function device(values: Partial<DeviceInfo> = {}): DeviceInfo {
    return {
        id: 1, key: 'anna/phone', deviceId: 'phone', name: '', owner: 'anna', online: false, lastSeen: null, ...values,
    };
}

/** Local time in the tests' zone (Vienna) → Unix seconds. */
export function local(year: number, month: number, day: number, hour = 0, minute = 0): number {
    return new Date(year, month - 1, day, hour, minute).getTime() / 1000;
}

class FakeSocket {
    onmessage: ((message: { data: unknown }) => void) | null = null;
    onclose: (() => void) | null = null;
    closed = false;
    close(): void {
        this.closed = true;
    }
}

/** What a live feed uses of the browser, in the test's hands. */
export function liveWorld() {
    const sockets: FakeSocket[] = [];
    const timers = new Map<number, { run: () => void; ms: number }>();
    const network = { online: true };
    let next = 1;
    const world: LiveWorld = {
        open: () => {
            const socket = new FakeSocket();
            sockets.push(socket);
            return socket as unknown as WebSocket;
        },
        later: (run, ms) => {
            timers.set(next, { run, ms });
            return next++;
        },
        cancel: (timer) => void timers.delete(timer),
        random: () => 0,
        isOnline: () => network.online,
    };
    const last = (): FakeSocket => sockets.at(-1) as FakeSocket;
    const welcome = (startup = 5): void => last().onmessage?.({ data: `{"type": "welcome", "server_startup": ${startup}}` });
    return { world, sockets, timers, network, last, welcome };
}
