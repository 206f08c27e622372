// The present on the map and in the panel: devices, the track of the chosen one, trails of the others, who enters and leaves.
import { past } from './api.ts';
import { Crossings } from './crossings.ts';
import { Following } from './following.ts';
import type { MapLibrary, MapView } from './map.ts';
import { Markers } from './markers.ts';
import type { Fix } from './model.ts';
import type { Panel } from './panel.ts';
import { sinceOf, type Reach } from './reach.ts';
import { accuracyLimit, seen, viewer } from './settings.ts';
import { Shown } from './shown.ts';
import type { Stage } from './stage.ts';
import type { Device, Store } from './store.ts';
import { Today } from './today.ts';
import { trailLayer, type ColourLines } from './traillayer.ts';
import { Trails } from './trails.ts';

export interface PresentHost {
    stage: Stage;
    panel(): Panel;
    selected(): number | null;
    /** The panel and the track are those of another time. */
    inPast(): boolean;
    choose(id: number): void;
    /** Draw everything, once, in a while. */
    changed(): void;
}

export const clock = (): number => Date.now() / 1000;

export class Present {
    readonly today = new Today(past, accuracyLimit, () => {
        this.trackChanged = true;
        this.host.changed();
    });
    readonly trails = new Trails(past, accuracyLimit, () => this.host.changed(), clock);
    readonly crossings = new Crossings(past);
    readonly shown = new Shown();
    readonly following = new Following(() => this.host.stage.view, () => this.device?.position ?? null, () => this.host.changed());
    private markers: Markers | null = null;
    private trailLayer: ColourLines | null = null;
    private trackChanged = false;

    constructor(private readonly store: Store, private readonly host: PresentHost) {}

    // ------------------------------------------------------------ the map comes

    addMarkers(lib: MapLibrary, view: MapView): void {
        this.markers = new Markers(lib, view, (id) => this.host.choose(id), (id) => id === this.host.selected() && this.drawAccuracy());
        view.map.on('dragstart', () => this.following.set(false));
    }

    /** What can wait for the track. */
    addRest(lib: MapLibrary, view: MapView): void {
        this.trailLayer = trailLayer(view);
        this.drawTrails();
        this.crossings.attach(lib, view);
    }

    // ------------------------------------------------------------ what is shown

    private get device(): Device | undefined {
        return this.store.get(this.host.selected());
    }

    /** What is on the map: the chosen one in any case. */
    visible(): Device[] {
        return this.store.all().filter((device) => device.id === this.host.selected() || this.shown.has(device.key));
    }

    readonly positions = (): Fix[] => this.visible().flatMap(({ position }) => position ?? []);

    /** Keys of those that the reader wants on the map. */
    shownKeys(): string[] {
        return this.store.all().map(({ key }) => key).filter((key) => this.shown.has(key));
    }

    /** Keys of those that the reader took off it. */
    offKeys(): string[] {
        return this.shown.off.filter((key) => this.store.byKey(key));
    }

    /** How far back trails go, and from when on what is today's. */
    reach(reach: Reach): void {
        const since = sinceOf(reach);
        this.trails.setReach(reach);
        this.crossings.startFrom(since);
        this.today.startFrom(since, clock());
        this.host.changed();
    }

    /** Something else is looked at: none of it is to be seen. */
    makeRoom(): void {
        this.following.set(false);
        this.trailLayer?.set([]);
        this.host.stage.layer?.setTrack([], this.colour);
        this.host.stage.layer?.setAccuracy(null, null);
    }

    // ------------------------------------------------------------ drawing

    /** All of it is to be drawn anew. */
    changeAll(): void {
        this.trackChanged = this.trails.changed = true;
    }

    /** loaded: the devices are known; else what is heard of meanwhile is on the map alone. */
    draw(loaded: boolean): void {
        const { stage, selected, inPast } = this.host;
        const now = clock();
        this.markers?.update(this.visible(), selected(), now);
        if (inPast() || !loaded) {
            return;
        }
        this.today.choose(this.device ?? null, now);
        this.crossings.today(this.device?.key ?? null, now);
        this.host.panel().update({
            devices: this.store.all(), now, viewer, selected: selected(), following: this.following.on, track: this.today.track, seen,
            isShown: ({ key }) => this.shown.has(key),
        });
        if (this.trackChanged && stage.layer) {
            this.trackChanged = false;
            stage.layer.setTrack(this.today.track.fixes, this.colour);
        }
        this.drawAccuracy();
        this.drawTrails();
        this.following.slide();
    }

    private get colour(): string {
        return this.device?.colour ?? '#2451d6';
    }

    private drawTrails(): void {
        if (this.trailLayer && !this.host.inPast()) { // the map is there and all that it needs: now the rest
            this.trails.show(this.visible());
            if (this.trails.changed) {
                this.trailLayer.set(this.trails.lines(this.host.selected()));
            }
        }
    }

    private drawAccuracy(): void {
        if (!this.host.inPast()) {
            const { device } = this;
            const at = device ? this.markers?.at(device.id) : undefined;
            this.host.stage.layer?.setAccuracy(at ?? null, device?.position?.accuracy ?? null);
        }
    }
}
