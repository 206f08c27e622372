// Settings of the OwnTracks app for this server (https://owntracks.org/booklet/features/remoteconfig).

export type Way = 'mqtts' | 'mqtt' | 'http';

export interface Phone {
    way: Way;
    deviceId: string;
    tid: string; // two characters by which the apps' maps name it; '': the app's own choice
    password: string; // '': is to be typed on the phone
}
export interface Server {
    host: string;
    origin: string;
    username: string;
    mqttPort: number;
    mqttTlsPort: number;
}

const MQTT = 0, HTTP = 3; // values of "mode"

/** What a topic, and so a device, may be called. */
export const deviceIdPattern = '[^\\/+#\\s]{1,100}';

export function configuration(server: Server, phone: Phone): Record<string, string | number | boolean> {
    return {
        _type: 'configuration', auth: true, username: server.username,
        ...(phone.password === '' ? {} : { password: phone.password }),
        deviceId: phone.deviceId,
        ...(phone.tid === '' ? {} : { tid: phone.tid }),
        ...(phone.way === 'http' ? { mode: HTTP, url: `${server.origin}/api/locations/` } : {
            mode: MQTT, host: server.host, port: phone.way === 'mqtts' ? server.mqttTlsPort : server.mqttPort,
            tls: phone.way === 'mqtts', ws: false, pubTopicBase: 'owntracks/%u/%d',
        }),
    };
}

/** Opens the app with these settings. */
export function configLink(settings: Record<string, string | number | boolean>): string {
    const bytes = new TextEncoder().encode(JSON.stringify(settings));
    return `owntracks:///config?inline=${encodeURIComponent(btoa(String.fromCharCode(...bytes)))}`;
}
