// Writes the address: at once what a person chose, at times what goes on by itself.
import { formatHash, type UrlState } from './urlstate.ts';

const PAUSE = 500; // ms: browsers refuse a page that writes too often

export class Address {
    private timer = 0;
    /** What is read first is not overwritten. */
    open = false;

    constructor(private readonly state: () => Partial<UrlState>) {}

    /** push: a step that the back button takes back. */
    keep(push: boolean): void {
        clearTimeout(this.timer);
        this.timer = 0;
        const hash = this.open ? formatHash(this.state()) : location.hash;
        if (hash !== location.hash) {
            history[push ? 'pushState' : 'replaceState'](null, '', `${location.pathname}${location.search}${hash}`);
        }
    }

    keepSoon(): void {
        this.timer ||= window.setTimeout(() => this.keep(false), PAUSE);
    }
}
