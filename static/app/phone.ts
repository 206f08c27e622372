// Adding a phone: settings for its OwnTracks app as a QR code, a link and a file, and waiting for its first report. All of
// it is made in the browser: the password goes nowhere.
import { api } from './api.ts';
import { byId, el, setText } from './dom.ts';
import { configLink, configuration, deviceIdPattern, type Server, type Way } from './otrc.ts';
import { t } from './texts.ts';

declare const QR_URL: string;

const POLL = 3000; // ms
const PATIENCE = 60_000; // ms, then it is said what may be wrong
const QUIET = 4; // modules of white around a code
const SVG = 'http://www.w3.org/2000/svg';

async function drawCode(text: string): Promise<SVGElement> {
    const { qrModules } = await import(QR_URL) as typeof import('./qr.ts');
    const rows = qrModules(text);
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
        const deviceId = text('device');
        const settings = configuration(this.server, { way: text('way') as Way, deviceId, tid: text('tid'), password: String(fields.get('password') ?? '') });
        const link = configLink(settings);
        URL.revokeObjectURL(this.file);
        this.file = URL.createObjectURL(new Blob([`${JSON.stringify(settings, null, 2)}\n`], { type: 'application/json' }));
        const state = el('p', { class: 'waiting', role: 'status' });
        this.result.replaceChildren(
            el('p', {}, t('phoneAllow')),
            await drawCode(link),
            el('p', { class: 'muted' }, t(settings.password === undefined ? 'phoneNoPassword' : 'phoneHasPassword')),
            el('div', { class: 'button-row' },
                el('a', { class: 'button', href: link }, t('phoneOpen')),
                el('a', { class: 'button', href: this.file, download: `${deviceId}.otrc` }, t('phoneFile'))),
            state);
        this.result.hidden = false;
        this.wait(deviceId, state);
    }

    private wait(deviceId: string, state: HTMLElement): void {
        const begin = Date.now();
        clearTimeout(this.timer);
        state.replaceChildren(el('span', { class: 'pulse' }), t('phoneWaiting'));
        const look = async (): Promise<void> => {
            const device = (await api.devices().catch(() => [])).find((one) => one.deviceId === deviceId && one.owner === this.server.username);
            if (device?.lastSeen && device.lastSeen * 1000 >= begin) {
                const address = `/#device=${encodeURIComponent(device.key).replaceAll('%2F', '/')}`;
                state.replaceChildren(t('phoneThere'), ' ', el('a', { href: address }, t('phoneShow')));
                return;
            }
            if (Date.now() - begin > PATIENCE && state.childElementCount === 1) {
                state.append(el('small', {}, t('phoneNothing')));
            }
            this.timer = setTimeout(() => void look(), POLL);
        };
        this.timer = setTimeout(() => void look(), POLL);
    }
}

export function startAddPhone(): void {
    const { user, mqttPort, mqttTlsPort } = byId('add-phone').dataset;
    const server = {
        host: location.hostname, origin: location.origin, username: user ?? '', mqttPort: Number(mqttPort), mqttTlsPort: Number(mqttTlsPort),
    };
    const open: Record<Way, boolean> = { mqtts: server.mqttTlsPort > 0, mqtt: server.mqttPort > 0, http: true };
    let first = true;
    for (const radio of byId('phone-way').querySelectorAll('input')) {
        const label = radio.closest('label');
        if (label) {
            label.hidden = !open[radio.value as Way];
            radio.checked = first && !label.hidden;
            first = first && label.hidden === true;
        }
    }
    setText(byId('phone-user'), server.username);
    new AddPhone(server);
}
