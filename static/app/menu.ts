// The menu of the map page: who is signed in, theme, trails, units, sign out.
import { byId, choice } from './dom.ts';
import { closedByEscape } from './escape.ts';
import { formatReach, keepReach, parseReach, sinceOf, type Reach } from './reach.ts';
import { startThemeChoice } from './themechoice.ts';
import { readUnits, setUnits } from './units.ts';

/** "From now" again begins again, so that it is a click that counts. */
function trailsChoice(reach: Reach, choose: (reach: Reach) => void): void {
    choice('trails-choice', sinceOf(reach) === null ? formatReach(reach) : 'now', (value) => {
        const chosen = parseReach(value);
        if (chosen !== null) {
            keepReach(chosen);
            choose(chosen);
        }
    });
    byId('trails-choice').querySelector('input[value=now]')?.addEventListener('click', () => choose({ since: Math.floor(Date.now() / 1000) }));
}

export function startMenu(reach: Reach, setReach: (reach: Reach) => void): void {
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
    startThemeChoice();
    trailsChoice(reach, setReach);
    choice('units-choice', readUnits(), (value) => {
        setUnits(value === 'imperial' ? 'imperial' : 'metric');
        location.reload(); // everything that is written; the address keeps the view
    });
}
