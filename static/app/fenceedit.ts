// Drawing and changing a geofence on the map: press in the middle and drag to the edge; or handles, fields and keys.
import type { Marker } from 'maplibre-gl';
import { byId, el, setText } from './dom.ts';
import { closedByEscape } from './escape.ts';
import { Fences } from './fences.ts';
import * as format from './format.ts';
import { circle, metresBetween, wrapLongitude } from './geo.ts';
import type { MapLibrary, MapView } from './map.ts';
import type { Fence } from './model.ts';
import { t } from './texts.ts';
import { toast } from './toast.ts';
import { undoable } from './undo.ts';
import { inOwnUnits } from './units.ts';

const LEAST = 10; // metres that a drag must reach: less was a tap
const USUAL = 100; // metres of a place that was tapped
const MOST = 20_000_000; // metres

interface LngLat {
    lng: number;
    lat: number;
}

export class FenceEditor {
    private draft: Fence | null = null;
    private drawing = false;
    private readonly card = byId<HTMLFormElement>('fence-card');
    private readonly label = byId<HTMLInputElement>('fence-label');
    private readonly radius = byId<HTMLInputElement>('fence-radius');
    private readonly showRadius = inOwnUnits(this.radius, format.distance);
    private readonly error = byId('fence-error');
    private readonly middle: Marker;
    private readonly edge: Marker;
    private readonly escapable = closedByEscape(() => this.close());

    constructor(private readonly view: MapView, lib: MapLibrary, private readonly fences: () => Fences, private readonly closed: () => void) {
        const handle = (name: string): Marker => new lib.Marker({ element: el('div', { class: `fence-handle ${name}`, 'aria-hidden': 'true' }), draggable: true });
        this.middle = handle('middle');
        this.edge = handle('edge');
        this.middle.on('drag', () => this.move(this.middle.getLngLat()));
        this.edge.on('drag', () => this.resize(this.edge.getLngLat()));
        this.listen();
    }

    /** A new place: the next press on the map is its middle. */
    begin(): void {
        this.open({ id: 0, label: '', lat: 0, lon: 0, radius: 0 });
        this.drawing = true;
        this.view.map.getCanvas().classList.add('drawing');
        byId('fence-here').focus();
        this.refresh();
    }

    edit(fence: Fence): void {
        this.open({ ...fence });
        this.label.focus();
        this.refresh();
    }

    close(): void {
        if (this.draft) {
            this.draft = null;
            this.escapable(false);
            this.stopDrawing();
            this.card.hidden = true;
            this.middle.remove();
            this.edge.remove();
            this.fences().setDraft(null);
            this.closed();
        }
    }

    private open(draft: Fence): void {
        this.close();
        this.draft = draft;
        this.escapable(true);
        this.label.value = draft.label;
        this.card.hidden = false;
        setText(this.error, '');
    }

    private stopDrawing(): void {
        this.drawing = false;
        this.view.map.getCanvas().classList.remove('drawing');
        this.view.map.dragPan.enable();
    }

    private listen(): void {
        const { map } = this.view;
        let from: LngLat | null = null;
        const down = (at: LngLat): void => {
            if (this.drawing && this.draft) {
                map.dragPan.disable();
                from = at;
                Object.assign(this.draft, { lat: at.lat, lon: at.lng, radius: LEAST });
                this.refresh();
            }
        };
        const drag = (at: LngLat): void => {
            if (from) {
                this.resize(at);
            }
        };
        const up = (): void => {
            if (from && this.draft) {
                from = null;
                this.draft.radius = this.draft.radius > LEAST ? this.draft.radius : USUAL;
                this.stopDrawing();
                this.refresh();
                this.label.focus();
            }
        };
        map.on('mousedown', ({ lngLat }) => down(lngLat));
        map.on('mousemove', ({ lngLat }) => drag(lngLat));
        map.on('touchstart', ({ lngLat, points }) => (points.length === 1 ? down(lngLat) : undefined));
        map.on('touchmove', ({ lngLat }) => drag(lngLat));
        addEventListener('mouseup', up);
        addEventListener('touchend', up);
        byId('fence-here').addEventListener('click', () => {
            const { lat, lng } = map.getCenter();
            down({ lat, lng });
            up();
        });
        this.radius.addEventListener('input', () => {
            const metres = Math.round(this.radius.valueAsNumber);
            if (this.draft && metres > 0 && metres <= MOST) {
                this.draft.radius = metres;
                this.refresh(false);
            }
        });
        byId('fence-cancel').addEventListener('click', () => this.close());
        byId('fence-remove').addEventListener('click', () => this.remove());
        this.card.addEventListener('submit', (event) => {
            event.preventDefault();
            void this.save();
        });
    }

    private move(to: LngLat): void {
        if (this.draft) {
            this.draft.lat = to.lat;
            this.draft.lon = to.lng;
            this.refresh();
        }
    }

    private resize(to: LngLat): void {
        if (this.draft) {
            const metres = metresBetween(this.draft, { lat: to.lat, lon: to.lng });
            this.draft.radius = Math.max(LEAST, Math.min(MOST, Math.round(metres)));
            this.refresh();
        }
    }

    /** fields: also what is typed. */
    private refresh(fields = true): void {
        const { draft } = this;
        if (!draft) {
            return;
        }
        const there = draft.radius > 0;
        byId('fence-hint').hidden = there;
        byId('fence-here').hidden = there;
        byId('fence-fields').hidden = !there;
        byId('fence-save').hidden = !there;
        byId('fence-remove').hidden = draft.id === 0;
        this.fences().setDraft(there ? draft : null);
        if (!there) {
            return;
        }
        if (fields) {
            this.radius.value = String(draft.radius);
            this.showRadius();
        }
        if (!this.drawing) {
            const [lon = draft.lon, lat = draft.lat] = circle(draft.lat, draft.lon, draft.radius, 4).geometry.coordinates[0]?.[1] ?? [];
            this.middle.setLngLat([draft.lon, draft.lat]).addTo(this.view.map);
            this.edge.setLngLat([lon, lat]).addTo(this.view.map);
        }
    }

    private async save(): Promise<void> {
        const { draft } = this;
        if (!draft) {
            return;
        }
        const round = (degrees: number): number => Number(degrees.toFixed(6)); // a decimetre
        const kept = { ...draft, label: this.label.value.trim(), lat: round(draft.lat), lon: round(wrapLongitude(draft.lon)) };
        const { ok, text } = await this.fences().keep(kept);
        if (!ok) {
            setText(this.error, text);
            return;
        }
        toast(t('fenceSaved', { name: kept.label }));
        this.close();
    }

    private remove(): void {
        const fence = this.draft;
        if (!fence) {
            return;
        }
        this.close();
        const fences = this.fences();
        fences.hide(fence);
        undoable(t('fenceRemoved', { name: fence.label }), async () => {
            const { ok, text } = await fences.remove(fence);
            if (!ok) {
                toast(text);
                fences.unhide(fence);
            }
        }, () => fences.unhide(fence));
    }
}

/** Places on the map with their two buttons, once the first view is there. */
export async function startFences(view: MapView, lib: MapLibrary): Promise<Fences> {
    const toggle = byId('show-fences');
    const add = byId('new-fence');
    const editor: FenceEditor = new FenceEditor(view, lib, () => fences, () => add.focus());
    const fences = new Fences(view, lib, (fence) => editor.edit(fence));
    const show = (on: boolean): void => {
        fences.show(on);
        toggle.setAttribute('aria-pressed', String(on));
    };
    toggle.addEventListener('click', () => show(!fences.visible));
    add.addEventListener('click', () => {
        show(true);
        editor.begin();
    });
    show(fences.visible);
    await fences.load();
    toggle.hidden = add.hidden = false;
    return fences;
}
