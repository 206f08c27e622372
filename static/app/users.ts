// The table of users: finding one of many, and what is done to one.
import { ask } from './ask.ts';
import { run, sure, type Deed } from './deeds.ts';
import { byId, setText } from './dom.ts';
import { fetchFile, saveFile } from './download.ts';
import * as format from './format.ts';
import { t } from './texts.ts';
import { toast } from './toast.ts';

const user = (rest = '') => (id: string): string => `/api/admin/users/${id}/${rest}`;

const deeds: Record<string, Deed> = {
    deactivate: { method: 'DELETE', path: user(), question: sure('userDeactivateTitle', 'userDeactivateText', 'userDeactivate') },
    reactivate: { method: 'POST', path: user('reactivate/') },
    toggle: { method: 'POST', path: user('toggle-admin/') },
    delete: {
        method: 'DELETE',
        path: user('hard-delete/'),
        question: (name) => ({
            ...sure('userDeleteTitle', 'userDeleteText', 'deleteForever')(name),
            input: { label: t('typeName'), type: 'text', minLength: 1, equal: name },
        }),
    },
    password: {
        method: 'POST',
        path: user('set-password/'),
        body: (_, password) => ({ password }),
        question: (name) => ({
            title: t('userPasswordTitle', { name }), text: t('userPasswordText'), button: t('userPassword'),
            input: { label: t('newPassword'), type: 'password', minLength: 8 },
        }),
    },
    /** With the key and the time that the server takes when it is told nothing. */
    certificate: {
        method: 'POST', path: () => '/api/admin/pki/client-certs/', body: (id) => ({ user_id: Number(id) }), done: 'certificateMade',
    },
};

async function download(id: string, name: string, button: HTMLButtonElement): Promise<void> {
    const password = await ask({
        title: t('userP12Title', { name }), text: t('userP12Text'), button: t('download'),
        input: { label: t('p12Password'), type: 'password', minLength: 8 },
    });
    if (password === null) {
        return;
    }
    button.disabled = true;
    const file = await fetchFile(`/api/admin/pki/client-certs/${id}/download/`, { password });
    button.disabled = false;
    if (typeof file === 'string') {
        toast(file);
    } else {
        saveFile(file, `${name}.p12`);
    }
}

function buttons(table: HTMLElement): void {
    table.addEventListener('click', (event) => {
        const button = (event.target as Element).closest<HTMLButtonElement>('button[data-do]');
        const { user: id = '', name = '' } = button?.closest('tr')?.dataset ?? {};
        const deed = deeds[button?.dataset.do ?? ''];
        if (button?.dataset.do === 'p12') {
            void download(button.dataset.id ?? '', name, button);
        } else if (button && deed) {
            void run(deed, id, name, button);
        }
    });
}

// ---- finding

const KEPT = 'mytracks-users'; // what was looked for is kept when a deed brings the page anew

function filter(table: HTMLElement): void {
    const fields = [byId<HTMLInputElement>('user-text'), byId<HTMLSelectElement>('user-role'), byId<HTMLSelectElement>('user-state')] as const;
    const [words, role, state] = fields;
    const rows = [...table.querySelectorAll<HTMLTableRowElement>('tbody tr')].map((node) => ({
        node, staff: node.dataset.staff, active: node.dataset.active,
        text: [...node.querySelectorAll('[data-find]')].map((one) => one.textContent).join(' ').toLocaleLowerCase(),
    }));
    const look = (): void => {
        const wanted = words.value.toLocaleLowerCase().split(/\s+/);
        let shown = 0;
        for (const { node, staff, active, text } of rows) {
            const fits = (role.value === '' || role.value === staff) && (state.value === '' || state.value === active)
                && wanted.every((word) => text.includes(word));
            node.hidden = !fits;
            shown += Number(fits);
        }
        setText(byId('user-count'), shown === rows.length ? t('userCountAll', { n: shown }) : t('userCount', { n: format.whole(shown), all: format.whole(rows.length) }));
        sessionStorage.setItem(KEPT, JSON.stringify(fields.map(({ value }) => value)));
    };
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEPT) ?? '[]');
    fields.forEach((field, i) => {
        const value: unknown = Array.isArray(kept) ? kept[i] : '';
        field.value = typeof value === 'string' ? value : '';
        field.addEventListener('input', look);
    });
    byId('user-filter').hidden = false;
    look();
}

export function startUsers(): void {
    const table = byId('user-table');
    buttons(table);
    filter(table);
}
