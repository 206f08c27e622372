// The administrators' panel: what the REST API does with one user or certificate, and the test of mail; the domesti-bot is bot.ts.
import { startBot } from './bot.ts';
import { byId } from './dom.ts';
import { ask, callApi, postForm, startPage, tellNext, type Question } from './forms.ts';
import { t, type TextName } from './texts.ts';
import { toast } from './toast.ts';

interface Deed {
    method: string;
    path: (id: string) => string;
    question?: (name: string) => Question;
}

const sure = (title: TextName, text: TextName, button: TextName) => (name: string): Question =>
    ({ title: t(title, { name }), text: t(text), button: t(button) });
const user = (rest = '') => (id: string): string => `/api/admin/users/${id}/${rest}`;

const userDeeds: Record<string, Deed> = {
    deactivate: { method: 'DELETE', path: user(), question: sure('userDeactivateTitle', 'userDeactivateText', 'userDeactivate') },
    reactivate: { method: 'POST', path: user('reactivate/') },
    toggle: { method: 'POST', path: user('toggle-admin/') },
    delete: { method: 'DELETE', path: user('hard-delete/'), question: sure('userDeleteTitle', 'userDeleteText', 'deleteForever') },
    password: {
        method: 'POST',
        path: user('set-password/'),
        question: (name) => ({
            title: t('userPasswordTitle', { name }), text: t('userPasswordText'), button: t('userPassword'),
            input: { label: t('newPassword'), type: 'password', minLength: 8 },
        }),
    },
};

async function run(deed: Deed, id: string, name: string, button: HTMLButtonElement): Promise<void> {
    const answer = deed.question ? await ask(deed.question(name)) : '';
    if (answer === null) {
        return;
    }
    button.disabled = true;
    const { ok, text } = await callApi(deed.method, deed.path(id), answer === '' ? undefined : { password: answer });
    button.disabled = false;
    if (ok) {
        tellNext(text);
        location.assign(location.pathname); // a reload would send again the form that this page came from
    } else {
        toast(text);
    }
}

function userButtons(): void {
    byId('user-table').addEventListener('click', (event) => {
        const button = (event.target as Element).closest<HTMLButtonElement>('button[data-do]');
        const row = button?.closest('tr');
        const deed = userDeeds[button?.dataset.do ?? ''];
        if (button && row && deed) {
            void run(deed, row.dataset.user ?? '', row.dataset.name ?? '', button);
        }
    });
}

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

startPage();
userButtons();
certificateButtons();
mailTest();
startBot();
