// The choice of light, dark or as the system says, wherever a page has it: in the map's menu, at the top of the others.
import { choice } from './dom.ts';
import { readTheme, setTheme } from './theme.ts';

export function startThemeChoice(): void {
    choice('theme-choice', readTheme(), (value) => setTheme(value === 'light' || value === 'dark' ? value : 'system'));
}

/** At the top of a page, if it has one: closed by Escape, and by what happens elsewhere. */
export function startThemeMenu(): void {
    const menu = document.querySelector<HTMLDetailsElement>('.theme-menu');
    if (!menu) {
        return;
    }
    startThemeChoice();
    const away = (to: EventTarget | null): void => {
        if (to instanceof Node && !menu.contains(to)) {
            menu.open = false;
        }
    };
    document.addEventListener('pointerdown', ({ target }) => away(target));
    menu.addEventListener('focusout', ({ relatedTarget }) => away(relatedTarget));
    menu.addEventListener('keydown', ({ key }) => {
        if (key === 'Escape' && menu.open) {
            menu.open = false;
            menu.querySelector('summary')?.focus();
        }
    });
}
