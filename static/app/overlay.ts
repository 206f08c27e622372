// A source of our own shapes and the layers that draw it.
import type { AddLayerObject, GeoJSONSource } from 'maplibre-gl';
import type { FeatureCollection } from 'geojson';
import type { MapView } from './map.ts';

const nothing: FeatureCollection = { type: 'FeatureCollection', features: [] };

/** Its layers are switched off while it is empty: the library draws two masks per tile even for a source without shapes. */
export class Overlay {
    private readonly layers: string[] = [];
    private data = nothing;
    private drawn = nothing;

    /** tolerance: pixels by which lines may be simplified. */
    constructor(private readonly view: Pick<MapView, 'map' | 'restyle'>, private readonly name: string, tolerance: number) {
        view.restyle(() => view.map.addSource(name, { type: 'geojson', data: nothing, tolerance }));
    }

    /** before: the layer that lies above it; none: it is on top. */
    add(layer: AddLayerObject, before?: string): void {
        this.view.restyle(() => {
            this.view.map.addLayer(layer, before);
            this.layers.push(layer.id);
            this.show(layer.id);
        });
    }

    set(data: FeatureCollection): void {
        this.data = data;
        this.view.restyle(this.update);
    }

    private readonly update = (): void => {
        const { data, drawn } = this;
        this.drawn = data;
        const [full, was] = [data, drawn].map(({ features }) => features.length > 0);
        if (full || was) {
            (this.view.map.getSource(this.name) as GeoJSONSource).setData(data);
        }
        if (full !== was) {
            this.layers.forEach((id) => this.show(id));
        }
    };

    private show(id: string): void {
        this.view.map.setLayoutProperty(id, 'visibility', this.drawn.features.length > 0 ? 'visible' : 'none');
    }
}
