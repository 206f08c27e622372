// Reading an answer of the API, of which nothing is taken for granted: what is not there, or something else, is "", null, false or [].
import { isObject } from './model.ts';

export type Json = Record<string, unknown>;

export const text = (row: Json, key: string): string => (typeof row[key] === 'string' ? row[key] : '');
export const number = (row: Json, key: string): number | null =>
    (typeof row[key] === 'number' && Number.isFinite(row[key]) ? row[key] : null);
export const flag = (row: Json, key: string): boolean => row[key] === true;
/** ISO 8601 → Unix seconds. */
export function instant(row: Json, key: string): number | null {
    const ms = Date.parse(text(row, key));
    return Number.isFinite(ms) ? ms / 1000 : null;
}
export function list(row: Json, key: string): Json[] {
    const value = row[key];
    return Array.isArray(value) ? value.filter(isObject) : [];
}
/** An object within it. */
export const part = (row: Json, key: string): Json | null => (isObject(row[key]) ? row[key] : null);
/** The answer itself. */
export const objectOf = (body: unknown): Json => (isObject(body) ? body : {});
