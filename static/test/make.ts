// Things that several tests need.
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
