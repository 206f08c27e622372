// The past of one device: what it did, its track, and playing it back.
import { ApiError, fileUrl, type Past, type TrackOptions } from './api.ts';
import { el, iconButton, setText } from './dom.ts';
import * as format from './format.ts';
import { inSight, isReduced } from './exact.ts';
import { joined } from './joined.ts';
import type { Fix } from './model.ts';
import type { Span, Track } from './past.ts';
import { PastView, type HistoryHost } from './pastview.ts';
import { boundsOf, isListed, LISTED_DAYS, type Period } from './period.ts';
import { rawList, type Removable } from './rawlist.ts';
import { removalButton } from './removal.ts';
import { viewer } from './settings.ts';
import { lookAtFix } from './stage.ts';
import type { Device } from './store.ts';
import { t } from './texts.ts';
import { Timeline } from './timeline.ts';
import { clockChoice } from './zones.ts';

const FILES = { gpx: 'GPX', geojson: 'GeoJSON', csv: 'CSV', rec: 'Recorder' } as const;

export const trackWanted = (period: Period, accuracy: number): TrackOptions => ({ accuracy, spans: isListed(period) });

export class History extends PastView {
    readonly node: HTMLElement;
    readonly loaded: Promise<void>;
    protected readonly redrawAfter = 250; // ms
    private track: Track | null = null;
    private redraws = 0;
    private drawn: readonly Fix[] | null = null; // what the map has of it
    private readonly timeline: Timeline;
    private readonly more = el('div', { class: 'history-more' });

    constructor(past: Past, private readonly device: Device, shown: string | null, host: HistoryHost) {
        super(past, host, shown, device.label);
        this.timeline = new Timeline({
            past, device: device.key, stage: host.stage, highlight: (from, to) => this.highlight(from, to), fixes: () => this.track?.fixes ?? [],
            removable: () => this.removable(),
        });
        this.node = el('div', { class: 'history' }, this.head(host.all && iconButton(t('allHistory'), 'devices', host.all)),
            this.picker.node, this.summary, this.player.node, clockChoice(), this.timeline.node, this.more);
        this.loaded = this.load();
    }

    aim(animate: boolean): boolean {
        const { fixes = [] } = this.track ?? {};
        this.host.stage.view?.fit(fixes, animate);
        return fixes.length > 0;
    }

    protected clear(): void {
        this.timeline.clear();
    }

    protected count(from: number, days: number): Promise<number[]> {
        return this.past.calendar(this.device.key, from, days);
    }

    // ---- reading

    protected async load(): Promise<void> {
        const request = ++this.request;
        const [from, to] = boundsOf(this.period);
        const { accuracy } = this.host;
        this.player.stop();
        setText(this.summary, t('historyLoading'));
        this.node.setAttribute('aria-busy', 'true');
        try {
            const track = await this.past.reduced(this.device.key, from, to, trackWanted(this.period, accuracy));
            if (request === this.request) {
                this.track = track;
                this.show(track.spans);
                void this.readCrossings(from, to);
            }
        } catch (error) {
            if (request === this.request) {
                this.failed(error);
            }
        } finally {
            this.node.removeAttribute('aria-busy');
        }
    }

    private async readCrossings(from: number, to: number): Promise<void> {
        const { key } = this.device;
        const read = await this.host.crossings.of([{ key, name: '' }], from, to);
        if (read) {
            this.host.crossings.list(this.timeline, read.get(key) ?? null);
        }
    }

    private failed(error: unknown): void {
        const signedOut = error instanceof ApiError && error.problem === 'signed-out';
        const again = el('button', { type: 'button', class: 'button' }, t('retry'));
        again.addEventListener('click', () => void this.load());
        setText(this.summary, t(signedOut ? 'signedOutText' : 'historyFailed'));
        this.player.show([], false);
        this.timeline.clear();
        this.more.replaceChildren(again);
    }

    protected get hasMore(): boolean {
        return isReduced(this.track);
    }

    /** The same time as exact as the map now shows it. */
    protected async redraw(): Promise<void> {
        const { track, host: { stage: { view } } } = this;
        if (!view || !track) {
            return;
        }
        const [request, redraw] = [this.request, ++this.redraws];
        const [from, to] = boundsOf(this.period);
        const exact = await inSight(this.past, { device: this.device.key, from, to, accuracy: this.host.accuracy }, track, view);
        if (request === this.request && redraw === this.redraws) {
            this.drawTrack(exact ?? track.fixes);
        }
    }

    // ---- showing

    private show(spans: readonly Span[]): void {
        const fixes = this.track?.fixes ?? [];
        this.drawTrack();
        this.player.show([{ fixes }], this.dated);
        setText(this.summary, this.summaryOf(spans));
        this.timeline.show(spans, this.dated);
        this.more.replaceChildren(...(fixes.length > 0 ? [this.rawPart(), this.filePart()] : []));
        this.approach();
    }

    protected drawAll(): void {
        this.drawTrack();
        this.timeline.drawPins();
    }

    private drawTrack(fixes: readonly Fix[] = this.track?.fixes ?? []): void {
        const { layer, view } = this.host.stage;
        if (layer && fixes !== this.drawn) {
            this.drawn = fixes;
            view?.prepare();
            layer.setTrack(fixes, this.device.colour, this.dated);
        }
    }

    private summaryOf(spans: readonly Span[]): string {
        if (!this.track || this.track.fixes.length === 0) {
            return t('historyNothing');
        }
        const listed = isListed(this.period);
        const metres = listed ? spans.reduce((sum, span) => sum + span.metres, 0) : this.track.metres;
        const stays = spans.filter((span) => span.kind === 'stay').length;
        return joined([metres > 0 ? format.distance(metres) : '', stays > 0 ? t('stays', { n: stays }) : '',
            format.count(this.track.seen), format.zone(boundsOf(this.period)[0]), listed ? '' : t('historyLong', { n: LISTED_DAYS })]);
    }

    private rawPart(): HTMLElement {
        const [from, to] = boundsOf(this.period);
        const part = el('details', { class: 'raw-all' }, el('summary', {}, t('rawAll')));
        part.addEventListener('toggle', () => part.append(
            rawList(this.past, this.device.key, from, to, this.dated, (fix) => lookAtFix(this.host.stage, fix), this.removable())), { once: true });
        return part;
    }

    private removable(): Removable | null {
        return this.device.owner !== viewer ? null : { latest: this.device.position?.id ?? null, changed: () => void this.readAgain() };
    }

    /** After a position of a list that is open has gone or come back: the lists stay as they are. */
    private async readAgain(): Promise<void> {
        const request = ++this.request;
        const [from, to] = boundsOf(this.period);
        const track = await this.past.reduced(this.device.key, from, to, trackWanted(this.period, this.host.accuracy)).catch(() => null);
        if (track && request === this.request) {
            this.track = track;
            this.drawTrack();
            this.player.show([{ fixes: track.fixes }], this.dated);
            setText(this.summary, this.summaryOf(track.spans));
        }
    }

    private filePart(): HTMLElement {
        const [from, to] = boundsOf(this.period);
        const links = Object.entries(FILES).map(([as, name]) =>
            el('a', { class: 'button small', href: fileUrl(this.device.key, from, to, as), download: true }, name));
        const removal = this.device.owner === viewer ? [removalButton(this.device, from, to)] : [];
        return el('p', { class: 'history-files' }, el('span', { class: 'muted' }, t('saveAs')), ...links, ...removal);
    }

    private highlight(from: number | null, to: number): void {
        const part = from === null ? [] : (this.track?.fixes ?? []).filter((fix) => fix.time >= from && fix.time <= to);
        this.host.stage.layer?.setHighlight(part);
    }
}
