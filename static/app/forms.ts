// What pages of forms share: the reader's language and times, slow forms, what was done.
import { mustEqual } from './ask.ts';
import { setText } from './dom.ts';
import { tellDone, tellNext } from './done.ts';
import * as format from './format.ts';
import { watchRequests } from './requests.ts';
import { isTextName, t, translatePage } from './texts.ts';
import { startThemeMenu } from './themechoice.ts';

/** Times that the server wrote in UTC, in the reader's zone and words. */
function localTimes(): void {
    for (const node of document.querySelectorAll<HTMLTimeElement>('time[datetime]')) {
        const at = Date.parse(node.dateTime);
        if (Number.isFinite(at)) {
            setText(node, format.dateTime(at / 1000));
            node.title = node.dateTime;
        }
    }
    for (const node of document.querySelectorAll('.times-zone')) {
        setText(node, t('timesZone', { zone: format.zoneAllYear() }));
    }
}

function ownUnits(): void {
    for (const node of document.querySelectorAll<HTMLDataElement>('data.metres')) {
        setText(node, format.distance(Number(node.value)));
    }
}

/** Making a key takes seconds: the button says so, and a second click does nothing. */
function slowForms(): void {
    for (const form of document.querySelectorAll<HTMLFormElement>('form.slow-form')) {
        form.addEventListener('submit', () => {
            const button = form.querySelector<HTMLButtonElement>('button[type=submit]');
            if (button) {
                button.setAttribute('aria-busy', 'true');
                setText(button, t('working'));
                setTimeout(() => (button.disabled = true));
            }
        });
    }
}

function typedNames(): void {
    for (const input of document.querySelectorAll<HTMLInputElement>('input[data-equal]')) {
        mustEqual(input, input.dataset.equal);
    }
}

/** A part that the address names, or that holds what was refused, is open. */
function openNamed(): void {
    const named = location.hash === '' ? null : document.getElementById(location.hash.slice(1));
    if (named instanceof HTMLDetailsElement) {
        named.open = true;
    }
}

function doneForms(): void {
    for (const form of document.querySelectorAll<HTMLFormElement>('form[data-done]')) {
        const { done } = form.dataset;
        if (isTextName(done)) {
            form.addEventListener('submit', () => tellNext(t(done)));
        }
    }
}

export function startPage(): void {
    history.replaceState(null, '', location.href); // reloading the answer to a form does not send it again
    translatePage(document);
    localTimes();
    ownUnits();
    slowForms();
    typedNames();
    openNamed();
    doneForms();
    startThemeMenu();
    tellDone();
    watchRequests(null);
}
