// How far a new phone has come: from what the server has seen to the layer that fails.
import { instant, list, number, text, type Json } from './json.ts';
import { isObject } from './model.ts';
import type { Way } from './otrc.ts';
import type { TextName } from './texts.ts';

export interface Refusal { at: number; kind: string; why: string; user: string; topic: string }
export interface Connection {
    connected: { device: string; since: number; messages: number }[];
    refused: Refusal[];
    tlsError: { at: number; text: string } | null;
    unusable: { at: number; why: string; topic: string }[];
}

const timed = (rows: Json[]): (Json & { at: number })[] => rows.flatMap((row) => {
    const at = instant(row, 'at');
    return at === null ? [] : [{ ...row, at }];
});

export function parseConnection(body: unknown): Connection | null {
    if (!isObject(body)) {
        return null;
    }
    const tls = isObject(body.tls_error) ? body.tls_error : null;
    const tlsAt = tls && instant(tls, 'at');
    return {
        connected: list(body, 'connected').map((row) => ({ device: text(row, 'device'), since: instant(row, 'since') ?? 0, messages: number(row, 'messages') ?? 0 })),
        refused: timed(list(body, 'refused')).map((row) => ({ at: row.at, kind: text(row, 'kind'), why: text(row, 'why'), user: text(row, 'user'), topic: text(row, 'topic') })),
        tlsError: tls && tlsAt !== null ? { at: tlsAt, text: text(tls, 'text') } : null,
        unusable: timed(list(body, 'unusable')).map((row) => ({ at: row.at, why: text(row, 'why'), topic: text(row, 'topic') })),
    };
}

export type LayerName = 'layerReach' | 'layerTls' | 'layerLogin' | 'layerReport';
export interface Layer {
    name: LayerName;
    state: 'waits' | 'good' | 'bad';
    /** What to do about it. */
    hint?: TextName;
    values?: Record<string, string>;
    /** In the server's words. */
    detail?: string;
}

function tlsHint(words: string): TextName {
    if (/unknown ca|bad certificate|certificate unknown|certificate expired/i.test(words)) {
        return 'hintTrust';
    }
    return /did not return a certificate|revoked|verify failed/i.test(words) ? 'hintClientCertificate' : 'hintTls';
}

type Mark = Omit<Layer, 'name'>;

/** The last thing that went wrong, and at which layer. */
function failure(seen: Connection, way: Way, username: string, connected: boolean): { layer: LayerName; at: number; mark: Mark } | null {
    const found: { layer: LayerName; at: number; mark: Mark }[] = seen.unusable.map(({ at, why }) =>
        ({ layer: 'layerReport', at, mark: { state: 'bad', hint: 'hintUnusable', detail: why } }));
    for (const { at, kind, why, user, topic } of seen.refused) {
        if (kind === 'publish') {
            found.push({ layer: 'layerReport', at, mark: { state: 'bad', hint: 'hintTopic', values: { topic } } });
        } else if (!connected) {
            const mark: Mark = user === username ? { state: 'bad', hint: 'hintPassword', detail: why } : { state: 'bad', hint: 'hintUser', values: { user } };
            found.push({ layer: 'layerLogin', at, mark });
        }
    }
    if (way === 'mqtts' && seen.tlsError && !connected) {
        found.push({ layer: 'layerTls', at: seen.tlsError.at, mark: { state: 'bad', hint: tlsHint(seen.tlsError.text), detail: seen.tlsError.text } });
    }
    return found.sort((a, b) => b.at - a.at)[0] ?? null;
}

/** begin: Unix seconds when the code was made; there: the device has reported since then. */
export function layers(seen: Connection, way: Way, username: string, begin: number, there: boolean): Layer[] {
    const names: LayerName[] = way === 'mqtts' ? ['layerReach', 'layerTls', 'layerLogin', 'layerReport'] : ['layerReach', 'layerLogin', 'layerReport'];
    const since = <T extends { at: number }>(rows: T[]): T[] => rows.filter(({ at }) => at >= begin);
    const lately: Connection = {
        ...seen, refused: since(seen.refused), unusable: since(seen.unusable),
        tlsError: seen.tlsError && seen.tlsError.at >= begin ? seen.tlsError : null,
    };
    const connected = way !== 'http' && seen.connected.some((one) => one.since >= begin);
    const failed = there ? null : failure(lately, way, username, connected);
    const reached = there ? names.length : failed ? names.indexOf(failed.layer) : connected ? names.length - 1 : 0;
    return names.map((name, i) => ({ name, ...(i < reached ? { state: 'good' } : i === reached && failed ? failed.mark : { state: 'waits' }) }));
}
