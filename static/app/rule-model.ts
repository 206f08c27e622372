// Rules of one's own as the server gives them, every field checked, and in words.
import * as format from './format.ts';
import { joined } from './joined.ts';
import { flag, instant, list, number, text, type Json } from './json.ts';
import { t, type TextName } from './texts.ts';

export const EVENTS = ['enter', 'leave', 'dwell', 'absent', 'battery', 'silence'] as const;
export const CHANNELS = ['mail', 'webhook', 'ntfy', 'mqtt', 'push'] as const;
export type RuleEvent = (typeof EVENTS)[number];
export type Channel = (typeof CHANNELS)[number];

export const ALL_DAYS: readonly number[] = [1, 2, 3, 4, 5, 6, 7]; // 1: Monday

export interface Rule {
    id: number;
    name: string;
    event: RuleEvent;
    anyDevice: boolean;
    device: string | null; // "owner/id"; null: any, or one that is not to be seen any more
    deviceName: string;
    place: number | null;
    placeLabel: string;
    amount: number | null; // minutes or percent
    days: number[];
    from: string | null; // "HH:MM"
    until: string | null;
    zone: string;
    channel: Channel;
    target: string;
    priority: number;
    cooldown: number; // minutes
    active: boolean;
    pausedUntil: number | null; // Unix seconds
    toldAt: number | null;
}

/** What a rule has told, or would have. */
export interface News {
    event: RuleEvent;
    device: string;
    deviceName: string;
    place: string;
    amount: number | null;
    battery: number | null;
}

export interface Told extends News {
    id: number;
    at: number | null;
    test: boolean;
    state: string;
    attempts: number;
    error: string;
}

export interface Hit extends News {
    at: number | null;
    because: string;
}

const isEvent = (name: string): name is RuleEvent => (EVENTS as readonly string[]).includes(name);
const isChannel = (name: string): name is Channel => (CHANNELS as readonly string[]).includes(name);
const textOrNull = (row: Json, key: string): string | null => text(row, key) || null;

export function parseRule(row: Json): Rule | null {
    const [id, event, channel] = [number(row, 'id'), text(row, 'event'), text(row, 'channel')];
    if (id === null || !isEvent(event) || !isChannel(channel)) {
        return null;
    }
    return {
        id, event, channel, name: text(row, 'name'),
        anyDevice: flag(row, 'any_device'), device: textOrNull(row, 'device'), deviceName: text(row, 'device_name'),
        place: number(row, 'place'), placeLabel: text(row, 'place_label'), amount: number(row, 'amount'),
        days: Array.isArray(row.days) ? ALL_DAYS.filter((day) => (row.days as unknown[]).includes(day)) : [],
        from: textOrNull(row, 'from'), until: textOrNull(row, 'until'), zone: text(row, 'zone'),
        target: text(row, 'target'), priority: number(row, 'priority') ?? 3, cooldown: number(row, 'cooldown') ?? 0,
        active: flag(row, 'active'), pausedUntil: instant(row, 'paused_until'), toldAt: instant(row, 'told_at'),
    };
}

function parseNews(row: Json): News | null {
    const event = text(row, 'event');
    return isEvent(event) ? {
        event, device: text(row, 'device'), deviceName: text(row, 'device_name'), place: text(row, 'place'),
        amount: number(row, 'amount'), battery: number(row, 'battery'),
    } : null;
}

const all = <T>(body: Json, parse: (row: Json, news: News) => T): T[] => list(body, 'results').flatMap((row) => {
    const news = parseNews(row);
    return news ? [parse(row, news)] : [];
});

export const parseLog = (body: Json): Told[] => all(body, (row, news) => ({
    ...news, id: number(row, 'id') ?? 0, at: instant(row, 'happened_at'), test: flag(row, 'test'),
    state: text(row, 'state'), attempts: number(row, 'attempts') ?? 0, error: text(row, 'error'),
}));

/** In the order of their time, latest first. */
export const parseHits = (body: Json): Hit[] =>
    all(body, (row, news) => ({ ...news, at: instant(row, 'at'), because: text(row, 'because') })).sort((a, b) => (b.at ?? 0) - (a.at ?? 0));

// ---- words

const MINUTE = 60;

const WHEN: Record<RuleEvent, TextName> = {
    enter: 'ruleWhenEnter', leave: 'ruleWhenLeave', dwell: 'ruleWhenDwell', absent: 'ruleWhenAbsent', battery: 'ruleWhenBattery', silence: 'ruleWhenSilence',
};
const TOLD: Record<RuleEvent, TextName> = {
    enter: 'ruleToldEnter', leave: 'ruleToldLeave', dwell: 'ruleToldDwell', absent: 'ruleToldAbsent', battery: 'ruleToldBattery', silence: 'ruleToldSilence',
};
const TO: Record<Channel, TextName> = { mail: 'ruleToMail', webhook: 'ruleToWebhook', ntfy: 'ruleToNtfy', mqtt: 'ruleToMqtt', push: 'ruleToPush' };

/** "Mon – Wed, Fri"; "" for all of them. */
export function daysText(days: readonly number[]): string {
    const runs: number[][] = [];
    for (const day of days) {
        const last = runs.at(-1);
        if (last?.at(-1) === day - 1) {
            last.push(day);
        } else {
            runs.push([day]);
        }
    }
    const name = (day: number): string => format.weekday(day - 1);
    return days.length === ALL_DAYS.length ? '' : runs.map((run) => {
        const [first = 1, last = first] = [run[0], run.at(-1)];
        return run.length > 2 ? `${name(first)} – ${name(last)}` : run.map(name).join(', ');
    }).join(', ');
}

/** The host of a URL alone: what stands behind it may be a secret. */
export function shownTarget({ channel, target }: Pick<Rule, 'channel' | 'target'>): string {
    return channel === 'mail' || !URL.canParse(target) ? target : new URL(target).host;
}

/** "When phone leaves Home, Mon – Fri, 08:00 – 16:00: mail to anna@example.net" */
export function sentence(rule: Rule, here: string): string {
    const device = rule.anyDevice ? t('ruleAnyDevice') : rule.deviceName || t('ruleDeviceGone');
    const when = t(WHEN[rule.event], {
        device, place: rule.place === null ? t('ruleAnyPlace') : rule.placeLabel,
        time: format.duration((rule.amount ?? 0) * MINUTE), percent: format.percentage(rule.amount ?? 0),
    });
    const times = rule.from === null || rule.until === null ? '' : `${rule.from} – ${rule.until}`;
    const window = joined([daysText(rule.days), times], ', ');
    const zone = window === '' || rule.zone === here ? '' : ` (${rule.zone})`;
    return `${when}${window === '' ? '' : `, ${window}`}${zone}: ${t(TO[rule.channel], { target: shownTarget(rule) })}`;
}

export function newsText(news: News): string {
    return t(TOLD[news.event], {
        device: news.deviceName || news.device, place: news.place || t('ruleAnyPlace'),
        time: format.duration((news.amount ?? 0) * MINUTE), percent: format.percentage(news.battery ?? news.amount ?? 0),
    });
}
