// The administrators' panel: certificates and the test of mail; users are users.ts, the domesti-bot is bot.ts.
import { startBot } from './bot.ts';
import { postForm } from './calls.ts';
import { run, sure, type Deed } from './deeds.ts';
import { byId } from './dom.ts';
import { startPage } from './forms.ts';
import { NameList, ownNames } from './names.ts';
import { t } from './texts.ts';
import { toast } from './toast.ts';
import { startUsers } from './users.ts';

function certificateButtons(): void {
    for (const button of document.querySelectorAll<HTMLButtonElement>('.cert button[data-do=deactivate]')) {
        const { kind, id } = button.closest<HTMLElement>('.cert')?.dataset ?? {};
        const deed: Deed = {
            method: 'DELETE',
            path: (row) => `/api/admin/pki/${kind ?? ''}/${row}/`,
            question: sure('certDeactivateTitle', 'certDeactivateText', 'deactivate'),
        };
        button.addEventListener('click', () => void run(deed, id ?? '', '', button));
    }
}

function mailTest(): void {
    const form = byId<HTMLFormElement>('mail-form');
    const button = byId<HTMLButtonElement>('smtp-test');
    const value = (name: string): string => (form.elements.namedItem(name) as HTMLInputElement).value;
    button.addEventListener('click', () => {
        button.setAttribute('aria-busy', 'true');
        void postForm('/admin-panel/smtp-test/', {
            to: byId<HTMLInputElement>('smtp_test_to').value, host: value('smtp_host'), port: value('smtp_port'),
            username: value('smtp_username'), password: value('smtp_password'), from_address: value('smtp_from_address'),
        }).then(({ ok, text }) => {
            button.removeAttribute('aria-busy');
            toast(ok ? t('mailSent') : text);
        });
    });
}

/** The suggestions are asked for when somebody comes to make one. */
function serverNames(): void {
    const field = byId<HTMLInputElement>('sc_san_entries');
    const list = new NameList(field);
    const part = field.closest('details');
    part?.addEventListener('toggle', () => void ownNames().then((names) => list.suggest(names)), { once: true });
}

startPage();
serverNames();
startUsers();
certificateButtons();
mailTest();
startBot();
