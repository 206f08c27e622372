// A month with the days that have data. Arrow keys go from day to day, Page Up and Down from month to month.
import { el, iconButton } from './dom.ts';
import * as format from './format.ts';
import { addDays, dayOf, startOf } from './past.ts';
import { t } from './texts.ts';

const WEEK = 7;
const FIRST = format.firstWeekday();
const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -WEEK, ArrowDown: WEEK };

export class Calendar {
    readonly node = el('div', { class: 'calendar', hidden: true });
    private month = ''; // its first day
    private chosen = '';
    private counts: number[] = [];
    private readonly title = el('strong', { 'aria-live': 'polite' });
    private readonly grid = el('div', { class: 'calendar-days', role: 'group' });

    /** load: counts of so many days from a time on. */
    constructor(private readonly load: (from: number, days: number) => Promise<number[]>, private readonly pick: (day: string) => void) {
        const step = (name: 'monthBefore' | 'monthAfter', by: number): HTMLElement =>
            iconButton(t(name), by < 0 ? 'before' : 'after', () => void this.show(this.monthAway(by)));
        this.node.append(el('div', { class: 'calendar-head' }, step('monthBefore', -1), this.title, step('monthAfter', 1)), this.grid);
        this.grid.addEventListener('keydown', (event) => this.key(event));
    }

    toggle(day: string): boolean {
        this.node.hidden = !this.node.hidden;
        if (!this.node.hidden) {
            this.chosen = day;
            void this.show(`${day.slice(0, 8)}01`, day);
        }
        return !this.node.hidden;
    }

    close(): void {
        this.node.hidden = true;
    }

    private monthAway(by: number): string {
        const [year = 0, month = 1] = this.month.split('-').map(Number);
        return dayOf(new Date(year, month - 1 + by, 1).getTime() / 1000);
    }

    private length(): number {
        const [year = 0, month = 1] = this.month.split('-').map(Number);
        return new Date(year, month, 0).getDate();
    }

    /** day: gets the focus, at once: keys do not wait for the counts. */
    private async show(month: string, day: string | null = null): Promise<void> {
        this.month = month;
        this.counts = [];
        this.draw();
        if (day !== null) {
            this.focus(day);
        }
        const counts = await this.load(startOf(month) ?? 0, this.length()).catch(() => null);
        if (counts && this.month === month) {
            const focused = (document.activeElement as HTMLElement | null)?.dataset.day;
            this.counts = counts;
            this.draw();
            if (focused !== undefined) {
                this.focus(focused);
            }
        }
    }

    private draw(): void {
        const first = new Date((startOf(this.month) ?? 0) * 1000);
        this.title.textContent = format.month(first.getTime() / 1000);
        const names = Array.from({ length: WEEK }, (_, i) => el('span', { class: 'calendar-name', 'aria-hidden': 'true' }, format.weekday((FIRST + i) % WEEK)));
        const today = dayOf(Date.now() / 1000);
        const days = Array.from({ length: this.length() }, (_, i) => {
            const day = addDays(this.month, i);
            const count = this.counts[i] ?? 0;
            const button = el('button', {
                type: 'button', class: `calendar-day${count > 0 ? ' has-data' : ''}`, 'data-day': day,
                'aria-pressed': String(day === this.chosen), 'aria-current': day === today ? 'date' : null,
                'aria-label': `${format.longDay(startOf(day) ?? 0)}${count > 0 ? '' : ` (${t('noData')})`}`,
                tabindex: day === this.chosen ? '0' : '-1',
            }, String(i + 1));
            button.addEventListener('click', () => this.pick(day));
            return button;
        });
        if (!days.some((day) => day.tabIndex === 0)) {
            days[0]?.setAttribute('tabindex', '0');
        }
        const blanks = Array.from({ length: (first.getDay() - 1 - FIRST + 2 * WEEK) % WEEK }, () => el('span'));
        this.grid.replaceChildren(...names, ...blanks, ...days);
    }

    private focus(day: string): void {
        this.grid.querySelector<HTMLElement>(`[data-day="${day}"]`)?.focus();
    }

    private key(event: KeyboardEvent): void {
        const from = (event.target as HTMLElement).dataset.day;
        const by = STEPS[event.key];
        if (from === undefined) {
            return;
        }
        if (by !== undefined) {
            event.preventDefault();
            const to = addDays(from, by);
            const month = `${to.slice(0, 8)}01`;
            if (month === this.month) {
                this.focus(to);
            } else {
                void this.show(month, to);
            }
        } else if (event.key === 'PageUp' || event.key === 'PageDown') {
            event.preventDefault();
            const month = this.monthAway(event.key === 'PageUp' ? -1 : 1);
            void this.show(month, month);
        }
    }
}
