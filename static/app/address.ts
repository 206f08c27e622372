// Writes the address: at once what a person chose, at times what goes on by itself.
import { formatHash, type UrlState } from './urlstate.ts';

const PAUSE = 500; // ms: browsers refuse a page that writes too often

export class Address {
    private timer = 0;
    private stepped = false; // before anything was written
    /** What is read first is not overwritten. */
    open = false;

    constructor(private readonly state: () => Partial<UrlState>) {}

    /** push: a step that the back button takes back. */
    keep(push: boolean): void {
        clearTimeout(this.timer);
        this.timer = 0;
        this.stepped ||= push;
        if (!this.open) {
            return;
        }
        const hash = formatHash(this.state());
        if (hash !== location.hash) {
            history[this.stepped ? 'pushState' : 'replaceState'](null, '', `${location.pathname}${location.search}${hash}`);
        }
        this.stepped = false;
    }

    keepSoon(): void {
        this.timer ||= window.setTimeout(() => this.keep(false), PAUSE);
    }
}
