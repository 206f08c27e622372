// Choosing what the history shows: steps, presets, a calendar, and any time from - to.
import { Calendar } from './calendar.ts';
import { el, icon, iconButton, setText } from './dom.ts';
import { closedByEscape } from './escape.ts';
import * as format from './format.ts';
import { dayOf } from './past.ts';
import { boundsOf, isLatest, isWhole, makePeriod, oneDay, presets, stepped, type Period, type PresetName } from './period.ts';
import { t } from './texts.ts';

const PRESETS = Object.keys(presets) as PresetName[];
const now = (): number => Date.now() / 1000;

function titleOf(period: Period): string {
    const [from, to] = boundsOf(period);
    return period.first === period.last && isWhole(period) ? format.longDay(from) : format.span(from, to, isWhole(period));
}

export class PeriodPicker {
    readonly node: HTMLElement;
    private period: Period;
    private readonly title = el('span');
    private readonly open = el('button', { type: 'button', class: 'button history-date', 'aria-expanded': 'false' }, icon('calendar'), this.title);
    private readonly later: HTMLButtonElement;
    private readonly chips: HTMLButtonElement[];
    private readonly calendar: Calendar;
    private readonly from = el('input', { id: 'period-from', type: 'datetime-local', required: true });
    private readonly to = el('input', { id: 'period-to', type: 'datetime-local', required: true });
    private readonly error = el('p', { class: 'field-error', role: 'alert' });
    private readonly box = el('div', { class: 'period-box' });
    private readonly form: HTMLFormElement;
    private readonly escapable = closedByEscape(() => this.close());

    /** load: counts of so many days from a time on. */
    constructor(period: Period, load: (from: number, days: number) => Promise<number[]>, private readonly pick: (period: Period) => void) {
        this.period = period;
        this.calendar = new Calendar(load, (day) => this.choose(oneDay(day)));
        this.later = iconButton(t('periodAfter'), 'after', () => this.step(1));
        this.chips = PRESETS.map((name) => {
            const chip = el('button', { type: 'button', class: 'button small', 'aria-pressed': 'false' }, t(name));
            chip.addEventListener('click', () => this.choose(presets[name](now())));
            return chip;
        });
        this.form = el('form', { class: 'period-form', hidden: true },
            el('div', { class: 'field' }, el('label', { for: this.from.id }, t('periodFrom')), this.from),
            el('div', { class: 'field' }, el('label', { for: this.to.id }, t('periodTo')), this.to),
            this.error, el('button', { type: 'submit', class: 'button' }, t('periodShow')));
        this.form.addEventListener('submit', (event) => {
            event.preventDefault();
            this.take();
        });
        this.open.addEventListener('click', () => this.toggle());
        this.node = el('div', { class: 'period' },
            el('div', { class: 'history-nav' }, iconButton(t('periodBefore'), 'before', () => this.step(-1)), this.open, this.later),
            el('div', { class: 'history-presets', role: 'group', 'aria-label': t('period') }, ...this.chips),
            this.box);
        this.box.append(this.calendar.node, this.form);
        this.show(period);
    }

    show(period: Period): void {
        this.period = period;
        setText(this.title, titleOf(period));
        if (isLatest(period, now()) && this.later === document.activeElement) {
            this.open.focus(); // a button that is switched off loses it
        }
        this.later.disabled = isLatest(period, now());
        this.from.value = `${period.first}T${period.start}`;
        this.to.value = `${period.last}T${period.end}`;
        const [from, to] = boundsOf(period);
        this.chips.forEach((chip, i) => {
            const [start, end] = boundsOf(presets[PRESETS[i] as PresetName](now()));
            chip.setAttribute('aria-pressed', String(start === from && end === to));
        });
    }

    /** Before or after by its own length; nothing is shown of the future. */
    step(by: 1 | -1): void {
        if (by < 0 || !isLatest(this.period, now())) {
            this.choose(stepped(this.period, by));
        }
    }

    /** Who was in it goes on at what opens it. */
    close(): void {
        if (this.box.contains(document.activeElement)) {
            this.open.focus();
        }
        this.calendar.close();
        this.setOpen(false);
    }

    private toggle(): void {
        this.setOpen(this.calendar.toggle(this.period.last));
    }

    private setOpen(open: boolean): void {
        this.form.hidden = !open;
        this.open.setAttribute('aria-expanded', String(open));
        this.escapable(open);
    }

    private choose(period: Period): void {
        if (period.first > dayOf(now())) {
            return;
        }
        this.close();
        this.pick(period);
    }

    private take(): void {
        const [first = '', start = ''] = this.from.value.split('T');
        const [last = '', end = ''] = this.to.value.split('T');
        const period = makePeriod(first, start.slice(0, 5), last, end.slice(0, 5));
        setText(this.error, period ? '' : t('periodWrong'));
        if (period) {
            this.choose(period);
        }
    }
}
