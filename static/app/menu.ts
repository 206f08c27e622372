// The menu of the page: who is signed in, theme, sign out.
import { byId } from './dom.ts';
import { readTheme, setTheme } from './theme.ts';

function themeChoice(): void {
    const radios = byId('theme-choice').querySelectorAll<HTMLInputElement>('input');
    for (const radio of radios) {
        radio.checked = radio.value === readTheme();
        radio.addEventListener('change', () => {
            setTheme(radio.value === 'light' || radio.value === 'dark' ? radio.value : 'system');
        });
    }
}

export function startMenu(): void {
    const button = byId('menu-button');
    const menu = byId('menu');
    const show = (open: boolean): void => {
        menu.hidden = !open;
        button.setAttribute('aria-expanded', String(open));
    };
    button.addEventListener('click', () => show(menu.hidden === true));
    document.addEventListener('pointerdown', (event) => {
        const target = event.target as Node;
        if (!menu.hidden && !menu.contains(target) && !button.contains(target)) {
            show(false);
        }
    });
    const escape = (event: KeyboardEvent): void => {
        if (event.key === 'Escape' && !menu.hidden) {
            event.stopPropagation();
            show(false);
            button.focus();
        }
    };
    button.addEventListener('keydown', escape);
    menu.addEventListener('keydown', escape);
    menu.addEventListener('focusout', (event) => {
        const to = event.relatedTarget;
        if (to instanceof Node && !menu.contains(to) && to !== button) {
            show(false);
        }
    });
    themeChoice();
}
