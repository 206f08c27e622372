// Going along with the chosen device.
import type { MapView } from './map.ts';
import { GLIDE } from './markers.ts';
import type { Fix } from './model.ts';

export class Following {
    on = false;
    private last = 0; // row id of the last position that the map slid to

    /** position: of the chosen device; changed: it begins or ends. */
    constructor(private readonly view: () => MapView | null, private readonly position: () => Fix | null, private readonly changed: () => void) {}

    set(on: boolean): void {
        const position = this.position();
        const now = on && position !== null;
        if (now !== this.on) {
            this.on = now;
            this.changed();
        }
        if (now) {
            this.view()?.focus(position);
        }
    }

    /** The map goes with the marker, at the same pace. */
    slide(): void {
        const fix = this.position();
        if (this.on && fix && fix.id !== this.last) {
            this.last = fix.id;
            this.view()?.slide(fix, GLIDE);
        }
    }
}
