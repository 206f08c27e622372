// What the interface knows: read from JSON with every field checked. Unknown stays null, never 0.

export interface Fix {
    id: number;
    device: number; // row id of the device
    deviceKey: string; // "owner/device_id", or device_id without owner
    lat: number;
    lon: number;
    time: number; // of the position, Unix seconds
    reported: number; // when the phone told it, Unix seconds
    accuracy: number | null; // metres
    altitude: number | null; // metres
    speed: number | null; // km/h
    course: number | null; // degrees
    battery: number | null; // percent
    charging: boolean;
    overMqtt: boolean;
    /** Of a reduced track: whether nothing was heard on the way here; else what lies between was left out. */
    afterSilence?: boolean;
}

/** What else a stored position says. */
export interface FullFix extends Fix {
    trigger: string; // why the phone reported: a letter of OwnTracks
    connection: string; // w, m, o
    ssid: string;
    source: string; // where the phone has the position from
    verticalAccuracy: number | null; // metres
    address: string; // where the report came from; '' over MQTT without
}

/** Channel between the pages of a browser: somebody changed how a device looks. */
export const DEVICES_CHANGED = 'mytracks-devices';

export interface DeviceInfo {
    id: number;
    key: string;
    deviceId: string;
    name: string;
    owner: string;
    online: boolean;
    lastSeen: number | null; // Unix seconds
}

export type LiveEvent =
    | { type: 'welcome'; serverStartup: number }
    | { type: 'location'; fix: Fix; crossing?: true } // crossing: sent because the phone came to the edge of a place
    | { type: 'crossing'; deviceKey: string }
    | { type: 'places' } // a phone has made some, or changed them
    | { type: 'offline'; deviceKey: string; at: number | null };

type Json = Record<string, unknown>;

export function isObject(value: unknown): value is Json {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const number = (value: unknown): number | null =>
    (typeof value === 'number' && Number.isFinite(value) ? value : null);

/** Decimals come as text ("38.7249674000"). */
function decimal(value: unknown): number | null {
    if (typeof value === 'string' && value.trim() !== '') {
        return number(Number(value));
    }
    return number(value);
}

/** ISO 8601 → Unix seconds. */
function instant(value: unknown): number | null {
    const ms = typeof value === 'string' ? Date.parse(value) : NaN;
    return Number.isFinite(ms) ? ms / 1000 : null;
}

/** null: not a usable location row. */
export function parseFix(row: unknown): Fix | null {
    if (!isObject(row)) {
        return null;
    }
    const id = number(row.id);
    const device = number(row.device);
    const lat = decimal(row.latitude);
    const lon = decimal(row.longitude);
    const time = number(row.timestamp_unix);
    if (id === null || device === null || lat === null || lon === null || time === null
        || Math.abs(lat) > 90 || Math.abs(lon) > 180) {
        return null;
    }
    const status = number(row.battery_status); // 0 unknown, 1 unplugged, 2 charging, 3 full
    return {
        id, device, lat, lon, time,
        deviceKey: text(row.device_name),
        reported: number(row.reported_at_unix) ?? time,
        accuracy: number(row.accuracy),
        altitude: number(row.altitude),
        speed: number(row.velocity),
        course: number(row.course),
        battery: number(row.battery_level),
        charging: status === 2 || status === 3,
        overMqtt: row.received_via === 'mqtt',
    };
}

export function parseFullFix(row: unknown): FullFix | null {
    const fix = parseFix(row);
    return fix && isObject(row) ? {
        ...fix, trigger: text(row.trigger), connection: text(row.connection_type), ssid: text(row.wifi_ssid), source: text(row.fix_source),
        verticalAccuracy: number(row.vertical_accuracy), address: text(row.ip_address),
    } : null;
}

export function parseDevice(row: unknown): DeviceInfo | null {
    if (!isObject(row)) {
        return null;
    }
    const id = number(row.id);
    const deviceId = text(row.device_id);
    if (id === null || deviceId === '') {
        return null;
    }
    return {
        id, deviceId,
        key: text(row.device_name) || deviceId,
        name: text(row.name),
        owner: text(row.owner_username),
        online: row.is_online === true,
        lastSeen: instant(row.last_seen),
    };
}

/** null: an event that this page does not use. */
export function parseEvent(message: string): LiveEvent | null {
    let event: unknown;
    try {
        event = JSON.parse(message);
    } catch {
        return null;
    }
    if (!isObject(event)) {
        return null;
    }
    if (event.type === 'welcome') {
        return { type: 'welcome', serverStartup: number(event.server_startup) ?? 0 };
    }
    if (event.type === 'location') {
        const fix = parseFix(event.data);
        return fix && { type: 'location', fix, ...(isObject(event.data) && event.data.trigger === 'c' ? { crossing: true } : {}) };
    }
    if (event.type === 'transition' && isObject(event.data) && text(event.data.device_display) !== '') {
        return { type: 'crossing', deviceKey: text(event.data.device_display) };
    }
    if (event.type === 'waypoint_event') {
        return { type: 'places' };
    }
    if (event.type === 'device_status' && isObject(event.data) && event.data.is_online === false) {
        const key = text(event.data.device_display) || text(event.data.device_id);
        return { type: 'offline', deviceKey: key, at: instant(event.data.disconnected_at) };
    }
    return null;
}

export const LATE = 60; // seconds between a position and its report: worth telling
const RECENT = 600; // seconds: older than that, speed and course are history

export function isRecent(fix: Fix, now: number): boolean {
    return now - fix.time < RECENT;
}

/** What people call it: the given name, but not the one the server makes up ("Device ID"). */
export function deviceLabel(device: Pick<DeviceInfo, 'name' | 'deviceId'>): string {
    const given = device.name.trim();
    return given === '' || given === `Device ${device.deviceId}` ? device.deviceId : given;
}

/** One or two letters for the marker. */
export function initials(label: string): string {
    const words = label.split(/[\s_./-]+/u).filter((word) => word !== '');
    const first = Array.from(words[0] ?? '?');
    const second = Array.from(words[1] ?? '');
    const letters = words.length > 1 ? [first[0], second[0]] : first.slice(0, 2);
    return letters.join('').toLocaleUpperCase();
}

/** A geofence of one's own. */
export interface Fence {
    id: number; // 0: not yet kept
    label: string;
    lat: number;
    lon: number;
    radius: number; // metres
}

export function parseFence(row: unknown): Fence | null {
    if (!isObject(row)) {
        return null;
    }
    const { id, label, latitude: lat, longitude: lon, radius } = row;
    return typeof id === 'number' && typeof label === 'string' && typeof lat === 'number' && typeof lon === 'number'
        && typeof radius === 'number' ? { id, label, lat, lon, radius } : null;
}
