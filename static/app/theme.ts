// Light, dark or as the system says. Built alone as well and loaded before the page is drawn, so that
// no wrong colours flash.

export type Theme = 'system' | 'light' | 'dark';

const KEY = 'mytracks-theme';

export function readTheme(): Theme {
    try {
        const kept = localStorage.getItem(KEY);
        return kept === 'light' || kept === 'dark' ? kept : 'system';
    } catch {
        return 'system'; // storage is switched off
    }
}

export function applyTheme(theme: Theme): void {
    if (theme === 'system') {
        delete document.documentElement.dataset.theme;
    } else {
        document.documentElement.dataset.theme = theme;
    }
}

export function setTheme(theme: Theme): void {
    try {
        if (theme === 'system') {
            localStorage.removeItem(KEY);
        } else {
            localStorage.setItem(KEY, theme);
        }
    } catch {
        // it then holds for this page only
    }
    applyTheme(theme);
}

export function isDark(): boolean {
    const chosen = document.documentElement.dataset.theme;
    return chosen === undefined ? matchMedia('(prefers-color-scheme: dark)').matches : chosen === 'dark';
}

/** run: after each change of the colours, by choice or by the system. Returns what ends that. */
export function onThemeChange(run: () => void): () => void {
    const system = matchMedia('(prefers-color-scheme: dark)');
    const choice = new MutationObserver(run);
    system.addEventListener('change', run);
    choice.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => {
        system.removeEventListener('change', run);
        choice.disconnect();
    };
}

applyTheme(readTheme());
