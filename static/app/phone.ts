// Adding a phone: settings for its OwnTracks app as a QR code, a link and a file, and waiting for its first report. All of
// it is made in the browser: one's password goes nowhere. With TLS there is a certificate instead (phone-identity.ts).
import { api } from './api.ts';
import { callApi } from './calls.ts';
import { layers, parseConnection, type Layer } from './connection.ts';
import { byId, el, icon, setText } from './dom.ts';
import { configLink, configuration, deviceIdPattern, type App, type Server, type Way } from './otrc.ts';
import { importSteps, makeIdentity } from './phone-identity.ts';
import { t } from './texts.ts';
import { mapAddress } from './urlstate.ts';
import { loadPart } from './version.ts';

declare const QR_URL: string;

const POLL = 3000; // ms
const PATIENCE = 60_000; // ms, then it is said what may be wrong when nothing has come
const QUIET = 4; // modules of white around a code
const SVG = 'http://www.w3.org/2000/svg';

/** Null when the part that draws cannot be had: the link and the file say the same. */
async function drawCode(text: string): Promise<SVGElement | null> {
    const part = await loadPart<typeof import('./qr.ts')>(QR_URL);
    if (!part) {
        return null;
    }
    const rows = part.qrModules(text);
    const size = rows.length + 2 * QUIET;
    const svg = document.createElementNS(SVG, 'svg');
    svg.setAttribute('viewBox', `0 0 ${size} ${size}`);
    svg.setAttribute('class', 'qr');
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', t('phoneCode'));
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', rows.map((row, y) => row.map((dark, x) => (dark ? `M${x + QUIET} ${y + QUIET}h1v1h-1z` : '')).join('')).join(''));
    svg.append(path);
    return svg;
}

class AddPhone {
    private readonly result = byId('phone-result');
    private readonly form = byId<HTMLFormElement>('phone-form');
    private timer: ReturnType<typeof setTimeout> | undefined;
    private file = '';

    constructor(private readonly server: Server) {
        byId<HTMLInputElement>('phone-id').pattern = deviceIdPattern;
        this.form.addEventListener('submit', (event) => {
            event.preventDefault();
            void this.show();
        });
    }

    private async show(): Promise<void> {
        const fields = new FormData(this.form);
        const text = (name: string): string => String(fields.get(name) ?? '').trim();
        const way = text('way') as Way;
        const identity = way === 'mqtts' ? await makeIdentity(text('app') as App) : null;
        if (way === 'mqtts' && identity === null) {
            return;
        }
        const deviceId = text('device');
        const password = identity ? '' : String(fields.get('password') ?? '');
        const settings = configuration(this.server, { way, deviceId, tid: text('tid'), password }, identity);
        const link = configLink(settings);
        URL.revokeObjectURL(this.file);
        this.file = URL.createObjectURL(new Blob([`${JSON.stringify(settings, null, 2)}\n`], { type: 'application/json' }));
        const state = el('ol', { class: 'layers', role: 'status' });
        const whole = identity?.app === 'android24'; // key and certificates are in it: too much for a code
        const code = whole ? null : await drawCode(link);
        this.result.replaceChildren(
            ...(identity ? importSteps(this.server.username, identity) : []),
            el('p', {}, t(whole ? 'phoneAllowFile' : 'phoneAllow')),
            ...(code ? [code] : []),
            el('p', { class: 'muted' }, t(identity ? (whole ? 'phoneHasKey' : 'phoneByCertificate') : password === '' ? 'phoneNoPassword' : 'phoneHasPassword')),
            el('div', { class: 'button-row' },
                el('a', { class: 'button', href: link }, t('phoneOpen')),
                el('a', { class: 'button', href: this.file, download: `${deviceId}.otrc` }, t('phoneFile'))),
            state);
        this.result.hidden = false;
        this.wait(deviceId, way, state);
    }

    private wait(deviceId: string, way: Way, place: HTMLElement): void {
        const begin = Math.floor(Date.now() / 1000);
        clearTimeout(this.timer);
        drawLayers(place, layers({ connected: [], refused: [], tlsError: null, unusable: [] }, way, this.server.username, begin, false));
        const look = async (): Promise<void> => {
            const [devices, answer] = await Promise.all([api.devices().catch(() => []), callApi('GET', `/api/account/connection/?since=${begin}`)]);
            const device = devices.find((one) => one.deviceId === deviceId && one.owner === this.server.username);
            const there = device?.lastSeen !== undefined && (device.lastSeen ?? 0) >= begin;
            const seen = parseConnection(answer.body);
            if (seen) {
                drawLayers(place, layers(seen, way, this.server.username, begin, there), Date.now() / 1000 - begin > PATIENCE / 1000);
            }
            if (device && there) {
                const address = mapAddress({ device: device.key });
                place.after(el('p', { role: 'status' }, t('phoneThere'), ' ', el('a', { href: address }, t('phoneShow'))));
                return;
            }
            this.timer = setTimeout(() => void look(), POLL);
        };
        this.timer = setTimeout(() => void look(), POLL);
    }
}

function layerNode({ name, state, hint, values, detail }: Layer, first: boolean, late: boolean): HTMLElement {
    const sign = state === 'good' ? icon('check') : state === 'bad' ? icon('alert') : el('span', { class: first ? 'pulse' : 'step-dot' });
    return el('li', { class: `layer ${state}` }, sign, el('div', {},
        el('strong', {}, t(name)),
        hint ? el('p', {}, t(hint, values), detail ? el('small', {}, ` (${detail})`) : null) : null,
        late && first && state === 'waits' ? el('p', {}, t(name === 'layerReport' ? 'phoneQuiet' : 'phoneNothing')) : null));
}

let drawn = '';

/** What is the same stays: a screen reader tells changes. */
function drawLayers(place: HTMLElement, list: Layer[], late = false): void {
    const key = JSON.stringify([list, late]);
    if (key === drawn && place.childElementCount > 0) {
        return;
    }
    drawn = key;
    const waits = list.findIndex(({ state }) => state !== 'good');
    place.replaceChildren(...list.map((layer, i) => layerNode(layer, i === waits, late)));
}

/** Each way is offered if the server has it; TLS only to who has a certificate, which the server wants to see. */
export function startAddPhone(): void {
    const { user, mqttPort, mqttTlsPort, authority, certificate } = byId('add-phone').dataset;
    const server = {
        host: location.hostname, origin: location.origin, username: user ?? '', mqttPort: Number(mqttPort), mqttTlsPort: Number(mqttTlsPort),
    };
    const tls = server.mqttTlsPort > 0 && authority === '1';
    const open: Record<Way, boolean> = { mqtts: tls && certificate === '1', mqtt: server.mqttPort > 0, http: true };
    const ways = [...byId('phone-way').querySelectorAll('input')];
    const change = (): void => {
        const encrypted = ways.some(({ checked, value }) => checked && value === 'mqtts');
        byId('phone-app').hidden = !encrypted;
        byId('phone-password-field').hidden = encrypted;
    };
    for (const radio of ways) {
        const label = radio.closest('label');
        if (label) {
            label.hidden = !open[radio.value as Way];
        }
        radio.checked = radio === ways.find(({ value }) => open[value as Way]);
        radio.addEventListener('change', change);
    }
    byId('phone-no-certificate').hidden = !tls || open.mqtts;
    change();
    setText(byId('phone-user'), server.username);
    new AddPhone(server);
}
