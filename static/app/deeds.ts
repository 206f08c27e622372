// What is done to one row of a page of forms: perhaps a question, a call of the API, and the page anew.
import { ask, type Question } from './ask.ts';
import { callApi } from './calls.ts';
import { tellNext } from './done.ts';
import { t, type TextName } from './texts.ts';
import { toast } from './toast.ts';

export interface Deed {
    method: string;
    path: (id: string) => string;
    /** answer: what was typed into the question. */
    body?: (id: string, answer: string) => unknown;
    question?: (name: string) => Question;
    /** Instead of what the server says. */
    done?: TextName;
}

export const sure = (title: TextName, text: TextName, button: TextName) => (name: string): Question =>
    ({ title: t(title, { name }), text: t(text), button: t(button) });

export async function run(deed: Deed, id: string, name: string, button: HTMLButtonElement): Promise<void> {
    const answer = deed.question ? await ask(deed.question(name)) : '';
    if (answer === null) {
        return;
    }
    button.disabled = true;
    button.setAttribute('aria-busy', 'true');
    const { ok, text } = await callApi(deed.method, deed.path(id), deed.body?.(id, answer));
    button.disabled = false;
    button.removeAttribute('aria-busy');
    if (ok) {
        tellNext(deed.done ? t(deed.done) : text);
        location.assign(location.pathname); // a reload would send again the form that this page came from
    } else {
        toast(text);
    }
}
