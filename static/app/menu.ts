// The menu of the page: who is signed in, theme, trails, units, sign out.
import { byId } from './dom.ts';
import { closedByEscape } from './escape.ts';
import { readTheme, setTheme } from './theme.ts';
import { readUnits, setUnits } from './units.ts';

function choice(id: string, now: string, choose: (value: string) => void): void {
    for (const radio of byId(id).querySelectorAll<HTMLInputElement>('input')) {
        radio.checked = radio.value === now;
        radio.addEventListener('change', () => choose(radio.value));
    }
}

/** trails: how many hours; 0: none. */
export function startMenu(trails: number, setTrails: (hours: number) => void): void {
    const button = byId('menu-button');
    const menu = byId('menu');
    const show = (open: boolean): void => {
        menu.hidden = !open;
        button.setAttribute('aria-expanded', String(open));
        escapable(open);
    };
    const escapable = closedByEscape(() => {
        show(false);
        button.focus();
    });
    button.addEventListener('click', () => show(menu.hidden === true));
    document.addEventListener('pointerdown', (event) => {
        const target = event.target as Node;
        if (!menu.hidden && !menu.contains(target) && !button.contains(target)) {
            show(false);
        }
    });
    menu.addEventListener('focusout', (event) => {
        const to = event.relatedTarget;
        if (to instanceof Node && !menu.contains(to) && to !== button) {
            show(false);
        }
    });
    choice('theme-choice', readTheme(), (value) => setTheme(value === 'light' || value === 'dark' ? value : 'system'));
    choice('trails-choice', String(trails), (value) => setTrails(Number(value)));
    choice('units-choice', readUnits(), (value) => {
        setUnits(value === 'imperial' ? 'imperial' : 'metric');
        location.reload(); // everything that is written; the address keeps the view
    });
}
