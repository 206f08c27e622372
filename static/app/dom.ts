// Small helpers for the document. Text is only ever set as text.

declare const ICONS_URL: string;

type Child = Node | string | null;

/** An element with attributes; true is an empty attribute, false and null are left out. */
export function el<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Record<string, string | boolean | null> = {},
    ...children: Child[]): HTMLElementTagNameMap[K] {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        if (value !== false && value !== null) {
            node.setAttribute(name, value === true ? '' : value);
        }
    }
    node.append(...children.filter((child) => child !== null));
    return node;
}

const SVG = 'http://www.w3.org/2000/svg';

export function icon(name: string): SVGSVGElement {
    const svg = document.createElementNS(SVG, 'svg');
    svg.setAttribute('class', 'icon');
    svg.setAttribute('aria-hidden', 'true');
    const use = document.createElementNS(SVG, 'use');
    use.setAttribute('href', `${ICONS_URL}#${name}`);
    svg.append(use);
    return svg;
}

/** A button that shows an icon alone; label is told. */
export function iconButton(label: string, name: string, run: () => void): HTMLButtonElement {
    const node = el('button', { type: 'button', class: 'button icon-button', 'aria-label': label }, icon(name));
    node.addEventListener('click', run);
    return node;
}

/** Fills a part once it is open, which it may be already: by a hand faster than the script, or by going back. */
export function whenOpen(part: HTMLDetailsElement, fill: () => void): void {
    if (part.open) {
        fill();
    } else {
        part.addEventListener('toggle', fill, { once: true });
    }
}

/** The element with this id; it is in the template. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
    const node = document.getElementById(id);
    if (!node) {
        throw new Error(`no element #${id}`);
    }
    return node as T;
}

/** A group of radio buttons: which is chosen, and what to do when another one is. */
export function choice(id: string, now: string, choose: (value: string) => void): void {
    for (const radio of byId(id).querySelectorAll<HTMLInputElement>('input')) {
        radio.checked = radio.value === now;
        radio.addEventListener('change', () => choose(radio.value));
    }
}

/** Changes the document only when the text is another one: screen readers and layout stay calm. */
export function setText(node: Node, text: string): void {
    if (node.textContent !== text) {
        node.textContent = text;
    }
}

export function reducedMotion(): boolean {
    return matchMedia('(prefers-reduced-motion: reduce)').matches;
}
