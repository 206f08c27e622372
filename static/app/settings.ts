// What the server has written into the map page for its script.
import { parseColours } from './colours.ts';
import type { Connection } from './empty.ts';
import { parseSeen } from './seen.ts';

const { dataset } = document.body;

export const viewer = dataset.username ?? '';
export const accuracyLimit = Number(dataset.accuracyLimit) || 0; // metres, 0: all positions are drawn
export const tileUrl = dataset.tileUrl ?? '';
export const tilesOfOsm = dataset.osm === '1';
export const colours = parseColours(dataset.colours ?? '');
export const seen = parseSeen(dataset.seen ?? '');
export const connection: Connection = {
    host: location.hostname,
    origin: location.origin,
    username: viewer,
    mqttPort: Number(dataset.mqttPort),
    mqttTlsPort: Number(dataset.mqttTlsPort),
};
