// The sign-in page: works without this; with it there is show/hide, copy, and no double submit.
import { byId } from './dom.ts';
import { t, translatePage } from './texts.ts';

function showPassword(): void {
    const button = byId<HTMLButtonElement>('show-password');
    const password = byId<HTMLInputElement>('password');
    button.hidden = false;
    button.addEventListener('click', () => {
        const show = password.type === 'password';
        password.type = show ? 'text' : 'password';
        button.setAttribute('aria-pressed', String(show));
        button.setAttribute('aria-label', t(show ? 'hidePassword' : 'showPassword'));
        const use = button.querySelector('use');
        use?.setAttribute('href', (use.getAttribute('href') ?? '').replace(/#.*/, show ? '#eye-off' : '#eye'));
        password.focus();
    });
}

function submitOnce(): void {
    const form = byId<HTMLFormElement>('login-form');
    const button = form.querySelector<HTMLButtonElement>('button[type=submit]');
    const label = button?.querySelector('span');
    form.addEventListener('submit', () => {
        byId<HTMLInputElement>('password').type = 'password'; // browsers offer to keep it
        if (button && label) {
            button.setAttribute('aria-busy', 'true');
            label.textContent = t('signingIn');
            setTimeout(() => (button.disabled = true));
        }
    });
    // Back from the next page: the browser may show this one as it was left.
    window.addEventListener('pageshow', () => {
        if (button && label) {
            button.removeAttribute('aria-busy');
            button.disabled = false;
            label.textContent = t('signIn');
        }
    });
}

function copyCommand(): void {
    const button = document.getElementById('copy-command');
    button?.addEventListener('click', () => {
        const command = byId('first-run-command');
        getSelection()?.selectAllChildren(command);
        void navigator.clipboard?.writeText(command.textContent ?? '').then(() => {
            button.setAttribute('aria-label', t('copied'));
            const use = button.querySelector('use');
            use?.setAttribute('href', (use.getAttribute('href') ?? '').replace(/#.*/, '#check'));
        });
    });
}

translatePage(document);
showPassword();
submitOnce();
copyCommand();
