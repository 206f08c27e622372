// The past of several devices: a track of each in its colour, a list of each, and all of them played back at one time.
import { ApiError, type Past } from './api.ts';
import type { PastCrossings } from './crossings.ts';
import { el, setText } from './dom.ts';
import { inSight, isReduced } from './exact.ts';
import * as format from './format.ts';
import { GroupChoice } from './groupchoice.ts';
import { GroupSection } from './groupsection.ts';
import { inTurn } from './inturn.ts';
import { joined } from './joined.ts';
import type { Fix } from './model.ts';
import type { Track } from './past.ts';
import { PastView, type HistoryHost } from './pastview.ts';
import { boundsOf, isListed, LISTED_DAYS } from './period.ts';
import type { Device } from './store.ts';
import { t } from './texts.ts';
import type { ColourLines } from './traillayer.ts';

const POINTS = 6000; // of all tracks together
const LEAST = 100; // of each
const MOST = 60; // devices, the first of the list
const OPEN = 3; // lists that are open from the beginning
const AT_ONCE = 3; // requests

export interface GroupHost extends HistoryHost {
    /** Where the tracks are drawn; null: there is no map yet. */
    lines(): ColourLines | null;
}

export class GroupHistory extends PastView<GroupHost> {
    readonly node: HTMLElement;
    readonly loaded: Promise<void>;
    protected readonly redrawAfter = 400; // ms
    private sections: GroupSection[] = [];
    private readonly list = el('div', { class: 'group-list' });
    private readonly choice: GroupChoice;

    /** chosen: keys of those of the devices that are wanted at first. */
    constructor(past: Past, devices: readonly Device[], chosen: readonly string[], shown: string | null, host: GroupHost) {
        super(past, host, shown, t('groupTitle'));
        this.choice = new GroupChoice(devices, chosen, () => {
            host.changed();
            void this.load();
        });
        this.node = el('div', { class: 'history group-history' }, this.head(),
            this.picker.node, this.choice.node, this.summary, this.player.node, this.list);
        this.loaded = this.load();
    }

    aim(animate: boolean): boolean {
        const fixes = this.sections.flatMap(({ track }) => track?.fixes ?? []);
        this.host.stage.view?.fit(fixes, animate);
        return fixes.length > 0;
    }

    /** Keys of the devices, in the order of the list. */
    get chosen(): string[] {
        return this.choice.chosen.map(({ key }) => key);
    }

    protected clear(): void {
        this.sections.forEach((section) => section.leave());
        this.host.lines()?.set([]);
    }

    private get wanted(): Device[] {
        return this.choice.chosen.slice(0, MOST);
    }

    /** Positions of all of them, day by day. */
    protected async count(from: number, days: number): Promise<number[]> {
        const each = await inTurn(this.wanted, AT_ONCE, ({ key }) => this.past.calendar(key, from, days).catch(() => []));
        return Array.from({ length: days }, (_, i) => each.reduce((sum, counts) => sum + (counts[i] ?? 0), 0));
    }

    // ---- reading

    private get points(): number {
        return Math.max(LEAST, Math.floor(POINTS / Math.max(1, this.wanted.length)));
    }

    protected async load(): Promise<void> {
        const request = ++this.request;
        const devices = this.wanted;
        const [from, to] = boundsOf(this.period);
        let [done, problem]: [number, ApiError | null] = [0, null];
        this.player.stop();
        this.node.setAttribute('aria-busy', 'true');
        const tell = (): void => setText(this.summary, t('groupLoading', { n: done, all: devices.length }));
        tell();
        const tracks = await inTurn(devices, AT_ONCE, async ({ key }): Promise<Track | null> => {
            if (request !== this.request) {
                return null;
            }
            const options = { points: this.points, accuracy: this.host.accuracy, spans: isListed(this.period) };
            const track = await this.past.reduced(key, from, to, options).catch((error: unknown) => {
                problem = error instanceof ApiError ? error : null;
                return null;
            });
            if (request === this.request) {
                done++;
                tell();
            }
            return track;
        });
        if (request === this.request) {
            this.node.removeAttribute('aria-busy');
            this.show(devices, tracks, problem);
            void this.readCrossings(devices, from, to);
        }
    }

    private async readCrossings(devices: readonly Device[], from: number, to: number): Promise<void> {
        const read: PastCrossings | null = await this.host.crossings.of(devices.map(({ key, label }) => ({ key, name: label })), from, to);
        if (read) {
            this.sections.forEach((section) => section.setCrossings(read.get(section.device.key) ?? null));
        }
    }

    // ---- showing

    private show(devices: readonly Device[], tracks: readonly (Track | null)[], problem: ApiError | null): void {
        const open = new Map(this.sections.filter(({ isEmpty }) => !isEmpty).map((section) => [section.device.key, section.open])); // as a person left them
        this.sections.forEach((section) => section.leave());
        this.sections = devices.map((device, i) => new GroupSection(this.past, device, tracks[i] ?? null, this.dated, {
            stage: this.host.stage, crossings: this.host.crossings,
            highlight: (fixes) => this.host.stage.layer?.setHighlight(fixes), retry: () => void this.load(),
        }, open.get(device.key) ?? devices.length <= OPEN));
        this.list.replaceChildren(...this.sections.map(({ node }) => node));
        this.draw();
        this.player.show(this.sections.filter(({ track }) => track !== null)
            .map(({ device: { colour, initials }, track }) => ({ fixes: track?.fixes ?? [], colour, initials })), this.dated);
        setText(this.summary, problem?.problem === 'signed-out' ? t('signedOutText') : this.summaryText());
        this.approach();
    }

    private summaryText(): string {
        const full = this.sections.filter(({ track }) => track !== null && track.fixes.length > 0);
        const more = this.choice.chosen.length - this.wanted.length;
        const parts = full.length === 0 ? [t('historyNothing')] : [
            t('groupDevices', { n: full.length }), format.distance(full.reduce((sum, { metres }) => sum + metres, 0)),
            format.count(full.reduce((sum, { track }) => sum + (track?.seen ?? 0), 0)), format.zone(boundsOf(this.period)[0]),
            isListed(this.period) ? '' : t('historyLong', { n: LISTED_DAYS }),
        ];
        return joined([...parts, more > 0 ? t('groupMore', { n: more }) : '']);
    }

    private draw(exact = new Map<string, readonly Fix[]>()): void {
        this.host.stage.view?.prepare();
        this.host.lines()?.set(this.sections.map(({ device: { key, colour }, track }) => ({ colour, fixes: exact.get(key) ?? track?.fixes ?? [] })));
    }

    protected drawAll(): void {
        this.draw();
        this.sections.forEach((section) => section.drawPins());
    }

    protected get hasMore(): boolean {
        return this.sections.some(({ track }) => isReduced(track));
    }

    /** As exact as the map now shows them. */
    protected async redraw(): Promise<void> {
        const { view } = this.host.stage;
        const [request, timer] = [this.request, this.timer];
        const [from, to] = boundsOf(this.period);
        const exact = new Map<string, readonly Fix[]>();
        await inTurn(this.sections, AT_ONCE, async ({ device, track }) => {
            if (view && track && isReduced(track) && timer === this.timer) {
                const wanted = { device: device.key, from, to, points: this.points, accuracy: this.host.accuracy };
                const fixes = await inSight(this.past, wanted, track, view);
                if (fixes) {
                    exact.set(device.key, fixes);
                }
            }
        });
        if (request === this.request && timer === this.timer) {
            this.draw(exact);
        }
    }
}
