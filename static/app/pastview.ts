// What the map page needs of a history, of one device or of several.
import type { Crossings } from './crossings.ts';
import type { Moment } from './player.ts';
import type { Stage } from './stage.ts';

/** How the map comes to look at a track. */
export type Approach = 'stay' | 'jump' | 'fly';

export interface HistoryHost {
    stage: Stage;
    crossings: Crossings;
    accuracy: number; // metres that positions may be off; 0: all
    changed(): void; // another time or other devices, for the address
    playing(): void; // playing stands elsewhere, many times a second
    close(): void;
    all: (() => void) | null; // to the history of all devices, where there are several
    approach: Approach; // to the first track; to later ones the map flies
    start: Moment;
}

export interface PastView {
    readonly node: HTMLElement;
    /** What was asked for first is there, or is not to be had. */
    readonly loaded: Promise<void>;
    /** The period as the address has it. */
    readonly shown: string;
    readonly moment: Moment;
    readonly focused: boolean;
    /** The map has come later than the history. */
    attach(): void;
    /** Looks at what there is. False: nothing, or not yet. */
    aim(animate: boolean): boolean;
    /** Back to the present. */
    leave(): void;
    focus(): void;
    /** To the time before or after. */
    step(by: 1 | -1): void;
    /** Playing to the next position, or the one before. */
    toFix(by: 1 | -1): void;
    seek(at: number | null): void;
}
