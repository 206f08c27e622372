// Escape closes one thing: of those that are open, the one that was opened last.
const open: (() => void)[] = [];

/** What it gives is to be told when the thing opens (true) and when it closes, by Escape or otherwise (false). */
export function closedByEscape(close: () => void): (isOpen: boolean) => void {
    return (isOpen) => {
        const at = open.indexOf(close);
        if (at >= 0) {
            open.splice(at, 1);
        }
        if (isOpen) {
            open.push(close);
        }
    };
}

/** Before the shortcuts, which leave alone what is prevented. */
export function startEscape(): void {
    document.addEventListener('keydown', (event) => {
        const close = open.at(-1);
        if (event.key === 'Escape' && close && !event.defaultPrevented && !document.querySelector('dialog[open]')) {
            event.preventDefault();
            close();
        }
    });
}
