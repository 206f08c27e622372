// The live map page: puts the parts together.
import { askAhead } from './ahead.ts';
import { api } from './api.ts';
import { askAll, askPosition, tellRequests, tellSignedOut } from './asking.ts';
import { showState } from './badge.ts';
import { forgetCopies } from './copies.ts';
import { byId } from './dom.ts';
import { tellDone } from './done.ts';
import { firstSteps, loadFailed } from './empty.ts';
import { Feed } from './feed.ts';
import { startFences } from './fenceedit.ts';
import type { Fences } from './fences.ts';
import { MapFoot } from './foot.ts';
import { startInstall } from './install.ts';
import { Looking } from './looking.ts';
import { mapKeys } from './mapkeys.ts';
import { loadMapLibrary, MapView } from './map.ts';
import { startMenu } from './menu.ts';
import { DEVICES_CHANGED } from './model.ts';
import { Panel } from './panel.ts';
import { clock, Present } from './present.ts';
import { watchRequests } from './requests.ts';
import { search } from './searching.ts';
import { accuracyLimit, colours, connection, tilesOfOsm, tileUrl, viewer } from './settings.ts';
import { around, Sheet } from './sheet.ts';
import { startSplit } from './split.ts';
import type { Stage } from './stage.ts';
import { Store } from './store.ts';
import { t, translatePage } from './texts.ts';
import { TrackLayer } from './tracklayer.ts';
import { parseHash } from './urlstate.ts';
import { offerUpdate } from './version.ts';
import { startWorker } from './worker.ts';

const TICK = 5000; // ms: ages on the page
const PATIENCE = 1000; // ms that the map waits with its tiles until it is known where to look
const wait = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });

class Home {
    private readonly store = new Store(accuracyLimit, viewer, colours);
    private readonly stage: Stage = { lib: null, view: null, layer: null };
    private readonly looking = new Looking({
        store: this.store, stage: this.stage, present: () => this.present, panel: () => this.panel, sheet: () => this.sheet, draw: () => this.draw(),
    });
    private readonly present = new Present(this.store, {
        stage: this.stage, panel: () => this.panel, selected: () => this.looking.selected, inPast: () => this.looking.history.view !== null,
        choose: (id) => this.looking.choose(id), changed: () => this.drawSoon(),
    });
    private readonly panel = this.makePanel();
    private readonly feed = this.makeFeed();
    private readonly sheet = new Sheet(() => this.setPadding());
    private fences: Fences | null = null;
    private frame = 0;
    private readonly empty = firstSteps(connection);

    async start(): Promise<void> {
        const address = parseHash(location.hash);
        askAhead(address, accuracyLimit, clock());
        this.looking.takeShown(address);
        this.store.subscribe(() => this.drawSoon());
        startMenu(this.present.trails.reach, (reach) => {
            this.present.reach(reach);
            this.looking.address.keep(false);
        });
        this.listen();
        const devices = this.feed.load();
        await Promise.all([this.openMap(devices), devices]);
        this.feed.live.start();
        setInterval(() => this.tick(), TICK);
        tellRequests(document.body.dataset);
        watchRequests(Number(document.body.dataset.asking));
        tellDone();
    }

    // ------------------------------------------------------------ parts

    private makePanel(): Panel {
        return new Panel({
            choose: (id) => this.looking.choose(id),
            follow: () => this.present.following.set(!this.present.following.on),
            showTrack: () => this.looking.lookAt(this.present.today.track.fixes),
            history: () => this.looking.enterHistory(this.looking.selected),
            allHistory: () => this.looking.enterHistory(null),
            askPosition: () => void askPosition(this.store.get(this.looking.selected)),
            retryTrack: () => this.present.today.reload(clock()),
            close: () => this.looking.select(null),
            show: (id, on) => this.looking.show(id, on),
            askAll: () => void askAll(this.present.visible().filter(({ owner }) => owner === viewer)),
        });
    }

    private makeFeed(): Feed {
        const url = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws/locations/`;
        const { today, trails, crossings } = this.present;
        return new Feed(url, api, this.store, {
            add: (fixes) => [today, trails].forEach((tracks) => tracks.add(fixes)),
            reload: (now) => [today, trails].forEach((tracks) => tracks.reload(now)),
            roll: (now) => today.roll(now),
        }, {
            state: () => this.showState(),
            loaded: () => this.looking.first(),
            loadFailed: () => this.panel.replace(loadFailed(() => void this.feed.load())),
            signedOut: () => {
                tellSignedOut();
                void forgetCopies();
            },
            restarted: () => void offerUpdate(),
            crossing: (key) => crossings.news(key),
            places: () => void this.fences?.load(),
        }, clock);
    }

    private async openMap(devices: Promise<void>): Promise<void> {
        const foot = new MapFoot(tilesOfOsm);
        try {
            const lib = await loadMapLibrary();
            const view = new MapView(lib, byId('map'), t('map'), foot);
            Object.assign(this.stage, { lib, view });
            this.setPadding();
            this.looking.aim();
            const laid = Promise.race([devices.then(() => this.looking.history.view?.loaded), wait(PATIENCE)]).then(() => view.lay(tileUrl));
            this.present.addMarkers(lib, view);
            view.onMoved(() => this.looking.address.keep(false));
            await view.ready();
            const layer = this.stage.layer = new TrackLayer(view);
            this.looking.history.view?.attach();
            void view.oneByOne([...layer.details, () => this.present.addRest(lib, view),
                () => void startFences(view, lib).then((fences) => (this.fences = fences))]);
            await Promise.race([laid, wait(PATIENCE)]); // what is to be seen goes first
        } catch (error) {
            console.warn(error);
            foot.tell('mapFailed');
        }
        this.looking.mapOpened();
        this.present.changeAll();
        this.draw();
    }

    private setPadding(): void {
        this.stage.view?.setPadding(around(this.sheet?.covered() ?? 0));
    }

    private search(): void {
        void search(() => ({
            devices: this.store.all(), viewer, staff: document.body.dataset.staff === '1',
            openDevice: (key) => this.looking.open(key),
            openPlace: (place) => this.looking.lookAt([place]),
            openDay: (day) => this.looking.enterHistory(this.looking.selected, day),
            openPage: (address) => location.assign(address),
        }));
    }

    // ------------------------------------------------------------ drawing

    /** Many changes in a row are drawn once. Nothing is drawn while nobody looks. */
    private drawSoon(): void {
        this.frame ||= requestAnimationFrame(() => {
            this.frame = 0;
            this.draw();
            this.looking.again();
        });
    }

    private draw(): void {
        if (this.feed.loaded && this.store.all().length === 0) {
            this.panel.replace(this.empty);
        } else {
            this.present.draw(this.feed.loaded);
        }
    }

    private readonly showState = (): void => showState(this.feed.state, this.feed.fresh, clock());

    private tick(): void {
        this.feed.tick();
        this.present.trails.trim();
        this.showState();
        this.draw();
    }

    // ------------------------------------------------------------ the page

    private listen(): void {
        byId('zoom-in').addEventListener('click', () => this.stage.view?.zoom(1));
        byId('zoom-out').addEventListener('click', () => this.stage.view?.zoom(-1));
        byId('show-all').addEventListener('click', () => this.looking.lookAt(this.present.positions()));
        window.addEventListener('hashchange', () => this.looking.fromUrl());
        window.addEventListener('popstate', () => this.looking.fromUrl());
        window.addEventListener('online', () => this.feed.live.wake());
        window.addEventListener('offline', () => this.feed.live.networkLost());
        document.addEventListener('visibilitychange', () => {
            if (!document.hidden) {
                this.feed.live.wake();
                void this.fences?.load(); // only administrators are told of what a phone made
                this.tick();
            }
        });
        new BroadcastChannel(DEVICES_CHANGED).onmessage = () => location.reload(); // the address keeps what is looked at
        startSplit(() => this.setPadding());
        byId('search-button').addEventListener('click', () => this.search());
        mapKeys({
            step: (by) => this.looking.step(by), stepTime: (by) => this.looking.history.view?.step(by),
            follow: () => this.present.following.set(!this.present.following.on), history: () => this.looking.enterHistory(this.looking.selected),
            showAll: () => this.looking.lookAt(this.present.positions()), search: () => this.search(), back: () => this.looking.back(),
        });
    }
}

translatePage(document);
void new Home().start();
startWorker();
startInstall();
