// A PMTiles archive of one tile, for all zooms. https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md
import { fromGeojsonVt } from '@maplibre/vt-pbf';

const SIZE = 4096; // of a vector tile
const HEADER = 127;
const MVT = 1, PLAIN = 1; // tile type, no compression

const box = (left, top, right, bottom) => [[[left, top], [right, top], [right, bottom], [left, bottom], [left, top]]];

/** Layers as in Protomaps' schema: land, water in the western half of the world, and a town at 0/0. */
export function worldTile(town) {
    const layer = (...features) => ({ features });
    return Buffer.from(fromGeojsonVt({
        earth: layer({ type: 3, tags: { kind: 'earth' }, geometry: box(0, 0, SIZE, SIZE) }),
        water: layer({ type: 3, tags: { kind: 'ocean' }, geometry: box(0, 0, SIZE / 2, SIZE) }),
        places: layer({
            type: 1, geometry: [[SIZE / 2 + 40, SIZE / 2]],
            tags: { kind: 'locality', kind_detail: 'city', name: town, population_rank: 13, min_zoom: 1 },
        }),
    }, { version: 2 }));
}

/** tile: bytes; attribution: HTML, as archives have it. */
export function archive(tile, attribution) {
    const metadata = Buffer.from(JSON.stringify({ attribution }));
    let length = tile.length;
    const varint = [];
    for (; length > 127; length = Math.floor(length / 128)) {
        varint.push((length % 128) | 128);
    }
    // One entry: tile 0, once, of that length, at the beginning of the data.
    const directory = Buffer.from([1, 0, 1, ...varint, length, 1]);
    const header = Buffer.alloc(HEADER);
    header.write('PMTiles\x03', 'latin1');
    const dataAt = HEADER + directory.length + metadata.length;
    [HEADER, directory.length, HEADER + directory.length, metadata.length, dataAt, 0, dataAt, tile.length, 1, 1, 1]
        .forEach((value, i) => header.writeBigUInt64LE(BigInt(value), 8 + 8 * i));
    header.set([1, PLAIN, PLAIN, MVT, 0, 0], 96);
    [-180, -85, 180, 85].forEach((degrees, i) => header.writeInt32LE(degrees * 1e7, 102 + 4 * i));
    return Buffer.concat([header, directory, metadata, tile]);
}
