// The live map page: puts the parts together.
import { askAhead } from './ahead.ts';
import { api, past } from './api.ts';
import { askAll, askPosition, tellRequests, tellSignedOut } from './asking.ts';
import { showState } from './badge.ts';
import { forgetCopies } from './copies.ts';
import { Crossings } from './crossings.ts';
import { byId } from './dom.ts';
import { firstSteps, loadFailed } from './empty.ts';
import { Feed } from './feed.ts';
import { Following } from './following.ts';
import { startFences } from './fenceedit.ts';
import { tellDone } from './forms.ts';
import { MapFoot } from './foot.ts';
import { History, type Approach } from './history.ts';
import { startInstall } from './install.ts';
import { loadMapLibrary, MapView } from './map.ts';
import { Markers } from './markers.ts';
import { startMenu } from './menu.ts';
import { DEVICES_CHANGED, type Fix } from './model.ts';
import { Panel } from './panel.ts';
import { accuracyLimit, colours, connection, seen, tilesOfOsm, tileUrl, viewer } from './settings.ts';
import { watchRequests } from './requests.ts';
import { around, Sheet } from './sheet.ts';
import { startShortcuts } from './shortcuts.ts';
import { Shown } from './shown.ts';
import type { Stage } from './stage.ts';
import { Store, type Device } from './store.ts';
import { t, translatePage } from './texts.ts';
import { Today } from './today.ts';
import { TrackLayer } from './tracklayer.ts';
import { TrailLayer } from './traillayer.ts';
import { readHours, Trails } from './trails.ts';
import { formatHash, parseHash } from './urlstate.ts';
import { offerUpdate } from './version.ts';
import { startWorker } from './worker.ts';

const TICK = 5000; // ms: ages on the page
const PATIENCE = 1000; // ms that the map waits with its tiles until it is known where to look
const clock = (): number => Date.now() / 1000;
const wait = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });

class Home {
    private readonly store = new Store(accuracyLimit, viewer, colours);
    private readonly today = new Today(past, accuracyLimit, () => {
        this.trackChanged = true;
        this.drawSoon();
    });
    private readonly trails = new Trails(past, accuracyLimit, () => this.drawSoon(), clock);
    private readonly crossings = new Crossings(past);
    private readonly shown = new Shown();
    private readonly following = new Following(() => this.stage.view, () => this.store.get(this.selected)?.position ?? null, () => this.draw());
    private readonly panel: Panel;
    private readonly feed: Feed;
    private readonly sheet: Sheet;
    private readonly stage: Stage = { lib: null, view: null, layer: null };
    private history: History | null = null;
    private markers: Markers | null = null;
    private trailLayer: TrailLayer | null = null;
    private selected: number | null = null;
    private sawNothing = false; // no device had a position when the page looked first
    private trackChanged = false;
    private frame = 0;
    private aim = (): void => undefined; // where the map looks first
    private looked = false; // the address has been read
    private opened = false; // the map is there, or it is known that it cannot be: from now on the address is written
    private readonly empty = firstSteps(connection);

    constructor() {
        this.panel = new Panel({
            choose: (id) => this.choose(id),
            follow: () => this.following.set(!this.following.on),
            showTrack: () => this.lookAt(this.today.track.fixes),
            history: () => this.enterHistory(),
            askPosition: () => void askPosition(this.store.get(this.selected)),
            retryTrack: () => this.today.reload(clock()),
            close: () => this.select(null),
            show: (id, on) => this.show(id, on),
            askAll: () => void askAll(this.visible().filter(({ owner }) => owner === viewer)),
        });
        const url = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws/locations/`;
        this.feed = new Feed(url, api, this.store, {
            add: (fixes) => [this.today, this.trails].forEach((tracks) => tracks.add(fixes)),
            reload: (now) => [this.today, this.trails].forEach((tracks) => tracks.reload(now)),
            roll: (now) => this.today.roll(now),
        }, {
            state: () => this.showState(),
            loaded: () => this.firstLook(),
            loadFailed: () => this.panel.replace(loadFailed(() => void this.feed.load())),
            signedOut: () => {
                tellSignedOut();
                void forgetCopies();
            },
            restarted: () => void offerUpdate(),
            crossing: (key) => this.crossings.news(key),
        }, clock);
        this.sheet = new Sheet(() => this.setPadding());
        this.store.subscribe(() => this.drawSoon());
    }

    async start(): Promise<void> {
        startMenu(readHours(), (hours) => this.trails.setHours(hours));
        this.listen();
        askAhead(parseHash(location.hash), accuracyLimit, clock());
        const devices = this.feed.load();
        await Promise.all([this.openMap(devices), devices]);
        this.feed.live.start();
        setInterval(() => this.tick(), TICK);
        tellRequests(document.body.dataset);
        watchRequests(Number(document.body.dataset.asking));
        tellDone();
    }

    // ------------------------------------------------------------ map

    private async openMap(devices: Promise<void>): Promise<void> {
        const foot = new MapFoot(tilesOfOsm);
        try {
            const lib = await loadMapLibrary();
            const view = new MapView(lib, byId('map'), t('map'), foot);
            Object.assign(this.stage, { lib, view });
            this.setPadding();
            this.aim();
            const laid = Promise.race([devices.then(() => this.history?.loaded), wait(PATIENCE)]).then(() => view.lay(tileUrl));
            this.markers = new Markers(lib, view, (id) => this.choose(id), (id) => id === this.selected && this.drawAccuracy(this.store.get(id)));
            view.map.on('dragstart', () => this.following.set(false));
            view.onMoved(() => this.keepUrl(false));
            await view.ready();
            const layer = this.stage.layer = new TrackLayer(view);
            this.history?.attach();
            void view.oneByOne([...layer.details, () => {
                this.trailLayer = new TrailLayer(view);
                this.drawTrails();
                this.crossings.attach(lib, view);
            }, () => void startFences(view, lib)]);
            await Promise.race([laid, wait(PATIENCE)]); // what is to be seen goes first
        } catch (error) {
            console.warn(error);
            foot.tell('mapFailed');
        }
        this.opened = true;
        this.keepUrl(false);
        this.drawTrack();
    }

    /** Once the devices are known: looks where the address says, else at everything there is. */
    private firstLook(): void {
        if (this.looked || !this.feed.loaded) {
            return;
        }
        const { device, day, view } = parseHash(location.hash);
        const chosen = device === null ? undefined : this.store.byKey(device);
        if (view) {
            this.aim = () => this.stage.view?.jump(view);
            this.setSelected(chosen?.id ?? null, day, 'stay');
        } else {
            this.lookAround(chosen, day);
        }
        this.looked = true;
        this.aim();
    }

    /** At the chosen or only device, or at all; when there is nothing yet, again when something comes. */
    private lookAround(chosen: Device | undefined, day: string | null = null): void {
        const devices = this.store.all();
        const one = chosen ?? (devices.length === 1 ? devices[0] : undefined);
        this.sawNothing = devices.every((device) => device.position === null);
        this.setSelected(one?.id ?? null, day, 'jump'); // first: moving the map writes the address
        this.aim = () => {
            if (!this.history?.aim(false)) {
                this.stage.view?.fit(one?.position ? [one.position] : this.positions(), false);
            }
        };
    }

    private lookAt(fixes: readonly Fix[]): void {
        this.following.set(false);
        this.stage.view?.fit(fixes, true);
    }

    private setPadding(): void {
        this.stage.view?.setPadding(around(this.sheet?.covered() ?? 0));
    }

    // ------------------------------------------------------------ choosing

    /** A row or marker was clicked: first look at it, then follow it. */
    private choose(id: number): void {
        if (id === this.selected) {
            this.following.set(!this.following.on);
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
            this.stage.view?.focus(position);
        }
        if (id === null && before !== null) {
            this.panel.focus(before);
        }
    }

    /** day: of its past, as in the address; null: the present. */
    private setSelected(id: number | null, day: string | null = null, approach: Approach = 'fly'): void {
        const focused = this.history?.focused;
        this.closeHistory();
        this.selected = id;
        this.following.on = false;
        if (day !== null) {
            this.openHistory(day, false, approach);
        }
        this.drawTrack();
        if (id !== null) {
            this.panel.reveal(id);
        }
        if (focused) {
            this.keepFocus();
        }
    }

    // ------------------------------------------------------------ the past

    /** day: null is today. */
    private openHistory(day: string | null, push: boolean, approach: Approach = 'fly'): void {
        const device = this.store.get(this.selected);
        if (!device) {
            return;
        }
        this.following.set(false);
        this.history?.leave();
        this.history = new History(past, device, day, {
            stage: this.stage, crossings: this.crossings, accuracy: accuracyLimit, approach,
            changed: () => this.keepUrl(true),
            close: () => {
                this.leaveHistory();
                this.panel.reveal(device.id);
            },
        });
        this.trailLayer?.set([]);
        this.panel.replace(this.history.node);
        this.sheet.reveal();
        this.keepUrl(push);
    }

    /** By a person, who then reads on there. */
    private enterHistory(): void {
        this.openHistory(null, true);
        this.history?.focus();
    }

    private leaveHistory(): void {
        const focused = this.history?.focused;
        this.closeHistory();
        this.keepUrl(true);
        if (focused) {
            this.keepFocus();
        }
    }

    /** The history that had it is gone. */
    private keepFocus(): void {
        if (this.history) {
            this.history.focus();
        } else if (this.selected !== null) {
            this.panel.focusHistory(this.selected);
        }
    }

    private closeHistory(): void {
        if (this.history) {
            this.history.leave();
            this.history = null;
            this.drawTrack();
        }
    }

    /** A device is taken off the map, or put back. */
    private show(id: number, on: boolean): void {
        const device = this.store.get(id);
        if (device) {
            this.shown.set(device.key, on);
            this.draw();
        }
    }

    /** What is on the map: the chosen one in any case. */
    private visible(): Device[] {
        return this.store.all().filter((device) => device.id === this.selected || this.shown.has(device.key));
    }

    private readonly positions = (): Fix[] => this.visible().flatMap(({ position }) => position ?? []);

    private keepUrl(push: boolean): void {
        const device = this.store.get(this.selected)?.key ?? null;
        const hash = formatHash({ device, day: this.history?.shown ?? null, view: this.stage.view?.view() ?? null });
        if (this.looked && this.opened && hash !== location.hash) {
            const url = `${location.pathname}${location.search}${hash}`;
            history[push ? 'pushState' : 'replaceState'](null, '', url);
        }
    }

    private fromUrl(): void {
        const { device, day, view } = parseHash(location.hash);
        const id = (device === null ? undefined : this.store.byKey(device))?.id ?? null;
        if (id !== this.selected || day !== (this.history?.shown ?? null)) {
            this.setSelected(id, day, view ? 'stay' : 'fly');
        }
        if (view) {
            this.stage.view?.jump(view);
        }
    }

    // ------------------------------------------------------------ drawing

    /** Many changes in a row are drawn once. Nothing is drawn while nobody looks. */
    private drawSoon(): void {
        this.frame ||= requestAnimationFrame(() => {
            this.frame = 0;
            this.draw();
            if (this.sawNothing && this.positions().length > 0) {
                this.lookAround(undefined);
                this.aim();
            }
        });
    }

    private draw(): void {
        const now = clock();
        const devices = this.store.all();
        this.markers?.update(this.visible(), this.selected, now);
        if (!this.feed.loaded) {
            return;
        }
        if (devices.length === 0) {
            this.panel.replace(this.empty);
            return;
        }
        if (this.history) {
            this.drawAccuracy(undefined);
            return; // the panel and the track are those of another day
        }
        this.today.choose(this.store.get(this.selected) ?? null, now);
        this.crossings.today(this.store.get(this.selected)?.key ?? null, now);
        this.panel.update({
            devices, now, viewer, selected: this.selected, following: this.following.on, track: this.today.track,
            seen,
            isShown: ({ key }) => this.shown.has(key),
        });
        if (this.trackChanged && this.stage.layer) {
            this.trackChanged = false;
            this.stage.layer.setTrack(this.today.track.fixes, this.store.get(this.selected)?.colour ?? '#2451d6');
        }
        this.drawAccuracy(this.store.get(this.selected));
        this.drawTrails();
        this.following.slide();
    }

    private drawTrails(): void {
        if (this.trailLayer) { // the map is there and all that it needs: now the rest
            this.trails.show(this.visible());
            if (this.trails.changed) {
                this.trailLayer.set(this.trails.lines(this.selected));
            }
        }
    }

    private drawAccuracy(device: Device | undefined): void {
        const at = device ? this.markers?.at(device.id) : undefined;
        this.stage.layer?.setAccuracy(at ?? null, device?.position?.accuracy ?? null);
    }

    private drawTrack(): void {
        this.trackChanged = this.trails.changed = true;
        this.draw();
    }

    private readonly showState = (): void => showState(this.feed.state, this.feed.fresh, clock());

    private tick(): void {
        this.feed.tick();
        this.trails.trim();
        this.showState();
        this.draw();
    }

    // ------------------------------------------------------------ the page

    private listen(): void {
        byId('zoom-in').addEventListener('click', () => this.stage.view?.zoom(1));
        byId('zoom-out').addEventListener('click', () => this.stage.view?.zoom(-1));
        byId('show-all').addEventListener('click', () => this.lookAt(this.positions()));
        window.addEventListener('hashchange', () => this.fromUrl());
        window.addEventListener('popstate', () => this.fromUrl());
        window.addEventListener('online', () => this.feed.live.wake());
        window.addEventListener('offline', () => this.feed.live.networkLost());
        document.addEventListener('visibilitychange', () => {
            if (!document.hidden) {
                this.feed.live.wake();
                this.tick();
            }
        });
        new BroadcastChannel(DEVICES_CHANGED).onmessage = () => location.reload(); // the address keeps what is looked at
        startShortcuts([
            { key: 'j', text: 'keyNext', run: () => this.step(1) },
            { key: 'k', text: 'keyBefore', run: () => this.step(-1) },
            { key: 'f', text: 'follow', run: () => this.following.set(!this.following.on) },
            { key: 'h', text: 'history', run: () => this.enterHistory() },
            { key: '[', text: 'periodBefore', run: () => this.history?.step(-1) },
            { key: ']', text: 'periodAfter', run: () => this.history?.step(1) },
            { key: 'a', text: 'showAll', run: () => this.lookAt(this.positions()) },
            { key: 'Escape', text: 'keyBack', run: () => this.back() },
        ]);
    }

    /** The next device of the list. */
    private step(by: 1 | -1): void {
        const next = this.store.beside(this.selected, by);
        if (next) {
            this.select(next.id);
            this.sheet.reveal();
        }
    }

    private back(): void {
        if (this.history) {
            this.leaveHistory();
        } else if (this.selected !== null) {
            this.select(null);
        }
    }
}

translatePage(document);
void new Home().start();
startWorker();
startInstall();
