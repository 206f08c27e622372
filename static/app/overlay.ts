// A source of our own shapes and the layers that draw it.
import type { AddLayerObject, GeoJSONSource, Map as MapLibreMap } from 'maplibre-gl';
import type { FeatureCollection } from 'geojson';

const nothing: FeatureCollection = { type: 'FeatureCollection', features: [] };

/** Its layers are switched off while it is empty: the library draws two masks per tile even for a source without shapes. */
export class Overlay {
    private readonly layers: string[] = [];
    private full = false;

    /** tolerance: pixels by which lines may be simplified. */
    constructor(private readonly map: MapLibreMap, private readonly name: string, tolerance: number) {
        map.addSource(name, { type: 'geojson', data: nothing, tolerance });
    }

    /** before: the layer that lies above it; none: it is on top. */
    add(layer: AddLayerObject, before?: string): void {
        this.map.addLayer(layer, before);
        this.layers.push(layer.id);
        this.show(layer.id);
    }

    set(data: FeatureCollection): void {
        const full = data.features.length > 0;
        if (full || this.full) {
            (this.map.getSource(this.name) as GeoJSONSource).setData(data);
        }
        if (full !== this.full) {
            this.full = full;
            this.layers.forEach((id) => this.show(id));
        }
    }

    private show(id: string): void {
        this.map.setLayoutProperty(id, 'visibility', this.full ? 'visible' : 'none');
    }
}
