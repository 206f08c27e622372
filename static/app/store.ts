// The devices and where they are. All changes come in here; whoever draws subscribes.
import { assignColours } from './colours.ts';
import { deviceLabel, initials, type DeviceInfo, type Fix } from './model.ts';

export interface Device extends DeviceInfo {
    label: string;
    initials: string;
    colour: string;
    latest: Fix | null; // the newest report
    position: Fix | null; // what the map shows: the newest one that is accurate enough, else the newest
}

/** Order of reports: by time of the position, then by arrival. */
export function isNewer(a: Fix, b: Fix | null): boolean {
    return b === null || a.time > b.time || (a.time === b.time && a.id > b.id);
}

/** limit: metres; 0 accepts all. Unknown accuracy passes. */
export function isAccurate(fix: Fix, limit: number): boolean {
    return limit === 0 || fix.accuracy === null || fix.accuracy <= limit;
}

/** Puts a fix into a track that is in order; false when it is there already. */
export function insertFix(track: Fix[], fix: Fix): boolean {
    let i = track.length;
    while (i > 0 && isNewer(track[i - 1] as Fix, fix)) {
        i--;
    }
    if (track[i - 1]?.id === fix.id) {
        return false;
    }
    track.splice(i, 0, fix);
    return true;
}

export class Store {
    /** Highest row id seen: where a catch-up begins. */
    cursor = 0;
    private readonly byId = new Map<number, Device>();
    private readonly listeners = new Set<() => void>();

    /** accuracyLimit: see isAccurate. chosenColours: by row of the device. */
    constructor(private readonly accuracyLimit: number, private readonly viewer: string,
        private readonly chosenColours: ReadonlyMap<number, string> = new Map()) {}

    /** run is called after each change. */
    subscribe(run: () => void): void {
        this.listeners.add(run);
    }

    get(id: number | null): Device | undefined {
        return id === null ? undefined : this.byId.get(id);
    }

    byKey(key: string): Device | undefined {
        return this.all().find((device) => device.key === key);
    }

    /** One's own first, then by name. */
    all(): Device[] {
        const foreign = (device: Device): number => (device.owner === this.viewer ? 0 : 1);
        return [...this.byId.values()].sort((a, b) =>
            foreign(a) - foreign(b) || a.label.localeCompare(b.label) || a.id - b.id);
    }

    /** Where they all are. */
    positions(): Fix[] {
        return this.all().flatMap((device) => device.position ?? []);
    }

    /** So many further in the list, round and round; without one the first or the last. */
    beside(id: number | null, by: 1 | -1): Device | undefined {
        const list = this.all();
        const at = list.findIndex((device) => device.id === id);
        return list.at(at === -1 ? Math.min(by, 0) : (at + by) % list.length);
    }

    /** Takes the server's list; devices that are not in it any more go. */
    setDevices(list: readonly DeviceInfo[]): void {
        const old = new Map(this.byId);
        this.byId.clear();
        for (const info of list) {
            this.put(info, old.get(info.id));
        }
        this.colour();
        this.changed();
    }

    /** live: told just now, so a device that came over MQTT is online. Returns true when a fix names a
        device that is not known: the list should be read again. */
    addFixes(fixes: readonly Fix[], live: boolean): boolean {
        let unknown = false;
        for (const fix of fixes) {
            this.cursor = Math.max(this.cursor, fix.id);
            let device = this.byId.get(fix.device);
            if (!device) {
                unknown = true;
                device = this.put(provisional(fix), undefined);
                this.colour();
            }
            this.addFix(device, fix);
            device.online ||= live && fix.overMqtt;
        }
        if (fixes.length > 0) {
            this.changed();
        }
        return unknown;
    }

    markOffline(key: string, at: number | null): void {
        const device = this.byKey(key);
        if (device) {
            device.online = false;
            device.lastSeen = Math.max(device.lastSeen ?? 0, at ?? 0) || null;
            this.changed();
        }
    }

    private put(info: DeviceInfo, old: Device | undefined): Device {
        const label = deviceLabel(info);
        const device: Device = {
            ...info, label,
            initials: initials(label),
            colour: old?.colour ?? '',
            latest: old?.latest ?? null,
            position: old?.position ?? null,
        };
        this.byId.set(info.id, device);
        return device;
    }

    private addFix(device: Device, fix: Fix): void {
        if (isNewer(fix, device.latest)) {
            device.latest = fix;
        }
        const shown = device.position;
        const better = isAccurate(fix, this.accuracyLimit);
        const poor = shown !== null && !isAccurate(shown, this.accuracyLimit);
        if (shown === null || (isNewer(fix, shown) ? better || poor : better && poor)) {
            device.position = fix;
        }
    }

    private colour(): void {
        const oldestFirst = [...this.byId.values()].sort((a, b) => a.id - b.id);
        const colours = assignColours(oldestFirst.map((device) => device.key));
        for (const device of oldestFirst) {
            device.colour = this.chosenColours.get(device.id) ?? colours.get(device.key) ?? '';
        }
    }

    private changed(): void {
        for (const run of this.listeners) {
            run();
        }
    }
}

/** A device known only by a report, until the list is read again. */
function provisional(fix: Fix): DeviceInfo {
    const slash = fix.deviceKey.indexOf('/');
    return {
        id: fix.device,
        key: fix.deviceKey,
        deviceId: fix.deviceKey.slice(slash + 1),
        name: '',
        owner: slash > 0 ? fix.deviceKey.slice(0, slash) : '',
        online: false,
        lastSeen: fix.reported,
    };
}
