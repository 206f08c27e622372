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

/** Apps differ in how they come to certificates. iOS: the .p12 is opened with the app, as .otrp, and named here. Android: both are
    in the system's store, where the app lets one choose. Android until 2.4: they stand in the settings. */
export type App = 'ios' | 'android' | 'android24';
export interface Identity {
    app: App;
    /** Of the .p12. */
    password: string;
    /** android24 alone, in base64: the authority's certificate and the .p12. */
    authority?: string;
    p12?: string;
}

const identitySettings: Record<App, (username: string, identity: Identity) => Record<string, string>> = {
    ios: (username, { password }) => ({ clientpkcs: p12Name(username, 'ios'), passphrase: password }),
    android: () => ({}),
    android24: (_, { password, authority = '', p12 = '' }) => ({ tlsCaCrt: authority, tlsClientCrt: p12, tlsClientCrtPassword: password }),
};

export const p12Name = (username: string, app: App): string => `${username}.${app === 'ios' ? 'otrp' : 'p12'}`;

const MQTT = 0, HTTP = 3; // values of "mode"

/** What a topic, and so a device, may be called. */
export const deviceIdPattern = '[^\\/+#\\s]{1,100}';

/** identity: what the phone shows instead of a password (MQTT with TLS). */
export function configuration(server: Server, phone: Phone, identity: Identity | null = null): Record<string, string | number | boolean> {
    return {
        _type: 'configuration', auth: true, username: server.username,
        ...(phone.password === '' ? {} : { password: phone.password }),
        deviceId: phone.deviceId,
        ...(phone.tid === '' ? {} : { tid: phone.tid }),
        ...(phone.way === 'http' ? { mode: HTTP, url: `${server.origin}/api/locations/` } : {
            mode: MQTT, host: server.host, port: phone.way === 'mqtts' ? server.mqttTlsPort : server.mqttPort,
            tls: phone.way === 'mqtts', ws: false, pubTopicBase: 'owntracks/%u/%d',
            ...(identity === null ? {} : identitySettings[identity.app](server.username, identity)),
        }),
    };
}

/** Opens the app with these settings. */
export function configLink(settings: Record<string, string | number | boolean>): string {
    const bytes = new TextEncoder().encode(JSON.stringify(settings));
    return `owntracks:///config?inline=${encodeURIComponent(btoa(String.fromCharCode(...bytes)))}`;
}
