// The live map page: puts the parts together.
import { api, ApiError } from './api.ts';
import { showState } from './badge.ts';
import { byId, el, setText } from './dom.ts';
import { firstSteps, loadFailed, type Connection } from './empty.ts';
import { Live } from './live.ts';
import { loadMapLibrary, MapView } from './map.ts';
import { GLIDE, Markers } from './markers.ts';
import { startMenu } from './menu.ts';
import type { Fix, LiveEvent } from './model.ts';
import { Panel } from './panel.ts';
import { Sheet } from './sheet.ts';
import { Store, type Device } from './store.ts';
import { t, translatePage } from './texts.ts';
import { toast } from './toast.ts';
import { Today } from './today.ts';
import { TrackLayer } from './tracklayer.ts';
import { formatHash, parseHash } from './urlstate.ts';

const TICK = 5000; // ms: ages on the page
const JUST_READ = 10; // seconds: the list of devices is not read again so soon
const SLEPT = 90; // seconds without a tick (hidden pages still get one a minute)
const clock = (): number => Date.now() / 1000;

const { dataset } = document.body;
const viewer = dataset.username ?? '';
const connection: Connection = {
    host: location.hostname,
    origin: location.origin,
    username: viewer,
    mqttPort: Number(dataset.mqttPort),
    mqttTlsPort: Number(dataset.mqttTlsPort),
};

class Home {
    private readonly store = new Store(Number(dataset.accuracyLimit) || 0, viewer);
    private readonly today = new Today(api, this.store, () => this.drawTrack());
    private readonly panel: Panel;
    private readonly live: Live;
    private readonly sheet: Sheet;
    private view: MapView | null = null;
    private markers: Markers | null = null;
    private layer: TrackLayer | null = null;
    private selected: number | null = null;
    private following = false;
    private loaded = false;
    private looked = false; // the address has been read, from now on it is written
    private catchingUp = false;
    private devicesRead = 0; // Unix seconds
    private fresh: number | null = null; // when everything was known last
    private lastFollowed = 0; // row id of the last position that the map slid to
    private lastTick = clock();
    private readonly empty = firstSteps(connection);

    constructor() {
        this.panel = new Panel({
            choose: (id) => this.choose(id),
            follow: () => this.follow(!this.following),
            showTrack: () => this.showTrack(),
            retryTrack: () => this.today.reload(clock()),
            close: () => this.select(null),
        });
        this.live = new Live(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws/locations/`, {
            state: () => this.showState(),
            event: (event) => this.onEvent(event),
            catchUp: () => void this.catchUp(),
        });
        this.sheet = new Sheet(() => this.setPadding());
        this.store.subscribe(() => this.draw());
    }

    async start(): Promise<void> {
        startMenu();
        this.listen();
        const mapReady = this.openMap();
        await this.load();
        await mapReady;
        this.firstLook();
        this.live.start();
        setInterval(() => this.tick(), TICK);
    }

    // ------------------------------------------------------------ data

    private async load(): Promise<void> {
        try {
            const [devices, fixes] = await Promise.all([api.devices(), api.lastKnown()]);
            this.loaded = true;
            this.fresh = this.devicesRead = clock();
            this.store.setDevices(devices);
            this.store.addFixes(fixes, false);
        } catch (error) {
            this.problem(error);
            this.panel.replace(loadFailed(() => void this.load().then(() => this.firstLook())));
        }
    }

    /** What came while the feed was down; also the first time, for what came since the page was read. */
    private async catchUp(): Promise<void> {
        if (this.catchingUp) {
            return;
        }
        this.catchingUp = true;
        try {
            if (!this.loaded || this.store.cursor === 0) {
                await this.load();
                return;
            }
            const missed = await api.since(this.store.cursor);
            if (clock() - this.devicesRead > JUST_READ) {
                await this.readDevices();
            }
            this.fresh = clock();
            this.take(missed.complete ? missed.fixes : await api.lastKnown(), false);
            if (!missed.complete) {
                this.today.reload(clock());
            }
        } catch (error) {
            this.problem(error);
        } finally {
            this.catchingUp = false;
            this.showState();
        }
    }

    private take(fixes: readonly Fix[], live: boolean): void {
        const isNew = this.store.addFixes(fixes, live);
        this.today.add(fixes);
        if (isNew) {
            this.readDevices().catch((error: unknown) => this.problem(error));
        }
    }

    private async readDevices(): Promise<void> {
        const devices = await api.devices();
        this.devicesRead = clock();
        this.store.setDevices(devices);
    }

    private onEvent(event: LiveEvent): void {
        this.fresh = clock();
        if (event.type === 'location') {
            this.take([event.fix], true);
        } else if (event.type === 'offline') {
            this.store.markOffline(event.deviceKey, event.at);
        }
        this.showState();
    }

    private problem(error: unknown): void {
        if (!(error instanceof ApiError)) {
            throw error;
        }
        if (error.problem === 'signed-out') {
            this.live.stop();
            toast(t('signedOutText'), {
                sticky: true,
                action: { label: t('signInAgain'), run: () => location.assign('/login/?next=/') },
            });
        }
    }

    // ------------------------------------------------------------ map

    private async openMap(): Promise<void> {
        const foot = el('p', { class: 'map-foot' });
        const note = el('span', { class: 'map-note', hidden: true }, t('tilesMissing'));
        const tileUrl = dataset.tileUrl ?? '';
        const credit = /\bopenstreetmap\.org\//.test(tileUrl)
            ? el('a', { href: 'https://www.openstreetmap.org/copyright', rel: 'noreferrer', target: '_blank' }, t('attribution')) : null;
        foot.append(note, ...(credit ? [credit] : []));
        document.body.append(foot);
        try {
            const lib = await loadMapLibrary();
            const view = new MapView(lib, byId('map'), tileUrl, t('map'), (good) => (note.hidden = good));
            this.view = view;
            this.setPadding();
            this.markers = new Markers(lib, view, (id) => this.choose(id), (id) => this.glided(id));
            view.map.on('dragstart', () => this.follow(false));
            view.onMoved(() => this.keepUrl(false));
            this.draw();
            await view.ready();
            this.layer = new TrackLayer(view);
            this.drawTrack();
        } catch (error) {
            console.warn(error);
            setText(note, t('noWebgl'));
            note.hidden = false;
        }
    }

    /** Where the address bar says, else at everything there is. */
    private firstLook(): void {
        const { device, view } = parseHash(location.hash);
        const devices = this.store.all();
        const only = devices.length === 1 ? devices[0] : undefined;
        const chosen = (device === null ? undefined : this.store.byKey(device)) ?? only;
        if (view) {
            this.view?.jump(view);
        } else if (chosen?.position) {
            this.view?.fit([chosen.position], false);
        } else {
            this.showAll(false);
        }
        if (chosen) {
            this.setSelected(chosen.id);
        }
        this.looked = true;
    }

    private showAll(animate: boolean): void {
        this.view?.fit(this.store.all().flatMap((device) => device.position ?? []), animate);
    }

    private showTrack(): void {
        this.follow(false);
        this.view?.fit(this.today.track.fixes, true);
    }

    private setPadding(): void {
        const dock = document.querySelector('.dock');
        const bottom = this.sheet?.covered() ?? 0;
        const half = window.innerHeight / 2;
        const left = bottom === 0 && dock ? dock.getBoundingClientRect().right : 0;
        this.view?.setPadding({ left, right: 0, top: bottom > 0 ? 64 : 0, bottom: Math.min(bottom, half) });
    }

    // ------------------------------------------------------------ choosing

    /** A row or marker was clicked: first look at it, then follow it. */
    private choose(id: number): void {
        if (id === this.selected) {
            this.follow(!this.following);
        } else {
            this.select(id);
            this.sheet.reveal();
        }
    }

    private select(id: number | null): void {
        const before = this.selected;
        this.setSelected(id);
        this.keepUrl(true);
        const position = this.store.get(id)?.position;
        if (position) {
            this.view?.focus(position);
        }
        if (id === null && before !== null) {
            this.panel.focus(before);
        }
    }

    private setSelected(id: number | null): void {
        this.selected = id;
        this.following = false;
        this.today.choose(this.store.get(id) ?? null, clock());
        this.drawTrack();
        if (id !== null) {
            this.panel.reveal(id);
        }
    }

    private follow(on: boolean): void {
        const position = this.store.get(this.selected)?.position;
        const now = on && position !== null && position !== undefined;
        if (now !== this.following) {
            this.following = now;
            this.draw();
        }
        if (now) {
            this.view?.focus(position);
        }
    }

    private keepUrl(push: boolean): void {
        const device = this.store.get(this.selected)?.key ?? null;
        const hash = formatHash({ device, view: this.view?.view() ?? null });
        if (this.looked && hash !== location.hash) {
            const url = `${location.pathname}${location.search}${hash}`;
            history[push ? 'pushState' : 'replaceState'](null, '', url);
        }
    }

    private fromUrl(): void {
        const { device, view } = parseHash(location.hash);
        const id = (device === null ? undefined : this.store.byKey(device))?.id ?? null;
        if (id !== this.selected) {
            this.setSelected(id);
        }
        if (view) {
            this.view?.jump(view);
        }
    }

    // ------------------------------------------------------------ drawing

    private draw(): void {
        const now = clock();
        const devices = this.store.all();
        this.markers?.update(devices, this.selected, now);
        if (!this.loaded) {
            return;
        }
        if (devices.length === 0) {
            this.panel.replace(this.empty);
            return;
        }
        this.panel.update({
            devices, now, viewer, selected: this.selected, following: this.following, track: this.today.track,
        });
        this.drawAccuracy(this.store.get(this.selected));
        this.slideAlong();
    }

    private drawAccuracy(device: Device | undefined): void {
        const at = device ? this.markers?.at(device.id) : undefined;
        this.layer?.setAccuracy(at ?? null, device?.position?.accuracy ?? null);
    }

    private drawTrack(): void {
        const device = this.store.get(this.selected);
        this.layer?.setTrack(this.today.track.fixes, device?.colour ?? '#2451d6');
        this.draw();
    }

    private glided(id: number): void {
        if (id === this.selected) {
            this.drawAccuracy(this.store.get(id));
        }
    }

    /** While following: the map goes with the marker, at the same pace. */
    private slideAlong(): void {
        const fix = this.store.get(this.selected)?.position;
        if (this.following && fix && fix.id !== this.lastFollowed) {
            this.lastFollowed = fix.id;
            this.view?.slide(fix, GLIDE);
        }
    }

    private showState(): void {
        showState(this.live.state, this.fresh, clock());
    }

    private tick(): void {
        const now = clock();
        if (now - this.lastTick > SLEPT) {
            this.live.restart();
        } else if (this.live.state === 'live') {
            this.fresh = now;
        }
        this.lastTick = now;
        this.today.roll(now);
        this.showState();
        this.draw();
    }

    // ------------------------------------------------------------ the page

    private listen(): void {
        byId('zoom-in').addEventListener('click', () => this.view?.zoom(1));
        byId('zoom-out').addEventListener('click', () => this.view?.zoom(-1));
        byId('show-all').addEventListener('click', () => {
            this.follow(false);
            this.showAll(true);
        });
        window.addEventListener('hashchange', () => this.fromUrl());
        window.addEventListener('popstate', () => this.fromUrl());
        window.addEventListener('online', () => this.live.wake());
        window.addEventListener('offline', () => this.live.networkLost());
        document.addEventListener('visibilitychange', () => {
            if (!document.hidden) {
                this.live.wake();
                this.tick();
            }
        });
        document.addEventListener('keydown', (event) => {
            const typing = event.target instanceof HTMLInputElement;
            if (event.key === 'Escape' && this.selected !== null && !typing) {
                this.select(null);
            }
        });
    }
}

translatePage(document);
void new Home().start();
if ('serviceWorker' in navigator) {
    window.addEventListener('load', () => {
        navigator.serviceWorker.register('/sw.js').catch((error: unknown) => console.warn(error));
    });
}
