// The administrators' panel: what the REST API does with one user or certificate, and the test of mail.
import { byId, el, setText } from './dom.ts';
import { ask, callApi, postForm, startPage, tellNext, type Question } from './forms.ts';
import { isObject } from './model.ts';
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

// ---- domesti-bot

const CONFIG = '/api/admin/domesti-bot/config/';

function toggle(name: string, label: TextName, on: boolean): HTMLElement {
    const box = el('input', { type: 'checkbox', name, checked: on });
    box.addEventListener('change', () => {
        void callApi('PATCH', CONFIG, { [name]: box.checked }).then(({ ok, text }) => {
            if (!ok) {
                box.checked = !box.checked;
            }
            toast(ok ? t('profileSaved') : text);
        });
    });
    return el('label', { class: 'choice' }, box, ' ', el('span', {}, t(label)));
}

function testButton(): HTMLElement {
    const button = el('button', { type: 'button', class: 'button' }, t('botTest'));
    button.addEventListener('click', () => {
        button.setAttribute('aria-busy', 'true');
        void callApi('POST', '/api/admin/domesti-bot/test-location-update/', {}).then(({ text }) => {
            button.removeAttribute('aria-busy');
            toast(text);
        });
    });
    return button;
}

function revealButton(): HTMLElement {
    const key = el('code', {});
    const button = el('button', { type: 'button', class: 'button' }, t('botReveal'));
    button.addEventListener('click', () => {
        void callApi('GET', '/api/admin/domesti-bot/reveal-api-key/').then(({ ok, text, body }) => {
            const value = isObject(body) ? body.api_key : undefined;
            setText(key, ok && typeof value === 'string' ? value : text);
        });
    });
    return el('p', { class: 'button-row' }, button, key);
}

async function botSettings(): Promise<void> {
    const place = document.getElementById('bot-settings');
    if (!place) {
        return;
    }
    const { ok, text, body } = await callApi('GET', CONFIG);
    if (!ok || !isObject(body)) {
        place.append(text);
        return;
    }
    place.append(toggle('location_updates_enabled', 'botUpdates', body.location_updates_enabled === true),
        toggle('remote_request_location_enabled', 'botRequests', body.remote_request_location_enabled === true),
        testButton(), revealButton());
}

startPage();
userButtons();
certificateButtons();
mailTest();
void botSettings();
