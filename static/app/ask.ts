// Questions in the page's dialog.
import { byId, setText } from './dom.ts';
import { t } from './texts.ts';

/** What must be typed as it is, in sign that it is meant; undefined: anything. */
export function mustEqual(input: HTMLInputElement, text: string | undefined): void {
    const check = (): void => input.setCustomValidity(text === undefined || input.value.trim() === text ? '' : t('typeNameWrong', { name: text }));
    input.oninput = check;
    check();
}

export interface Question {
    title: string;
    text: string;
    button: string;
    /** Asks for a text of that kind as well; equal: nothing else is taken. */
    input?: { label: string; type: string; minLength: number; equal?: string };
}

/** A dialog; null when it was left. Without an input the answer is "". */
export function ask(question: Question): Promise<string | null> {
    const dialog = byId<HTMLDialogElement>('ask');
    const input = byId<HTMLInputElement>('ask-input');
    const wanted = question.input;
    setText(byId('ask-title'), question.title);
    setText(byId('ask-text'), question.text);
    setText(byId('ask-ok'), question.button);
    setText(byId('ask-label'), wanted?.label ?? '');
    byId('ask-field').hidden = wanted === undefined;
    input.required = wanted !== undefined;
    input.type = wanted?.type ?? 'text';
    input.minLength = wanted?.minLength ?? 0;
    input.value = '';
    mustEqual(input, wanted?.equal);
    dialog.returnValue = '';
    dialog.showModal();
    return new Promise((resolve) => {
        dialog.addEventListener('close', () => resolve(dialog.returnValue === 'ok' ? input.value : null), { once: true });
    });
}
