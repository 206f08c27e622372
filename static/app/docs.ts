// The page about the REST API: shows /api/schema/, to read.
import { byId, el } from './dom.ts';
import { describe, type Answer, type Body, type Description, type Line, type Operation, type Schema } from './openapi.ts';
import { t, translatePage, type TextName } from './texts.ts';

const ACCESS: Record<string, TextName> = {
    '': 'docsAnybody', session: 'docsSession', basic: 'docsBasic', commandKey: 'docsCommandKey', relayKey: 'docsRelayKey',
};
const anchor = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, '-');

/** A type, with the names of schemas as links. */
function typeNode(type: string, schemas: ReadonlySet<string>): HTMLElement {
    const parts = type.split(/(\w+)/).map((word) =>
        (schemas.has(word) ? el('a', { href: `#schema-${anchor(word)}` }, word) : word));
    return el('code', { class: 'api-type' }, ...parts);
}

class Page {
    private readonly schemas: ReadonlySet<string>;

    constructor(private readonly api: Description) {
        this.schemas = new Set(api.schemas.map(({ name }) => name));
    }

    private lines(lines: (Line & { place?: string })[]): HTMLElement {
        const rows = lines.map((line) => el('tr', {},
            el('th', { scope: 'row' }, el('code', {}, line.name), line.required ? el('small', {}, t('docsRequired')) : null),
            el('td', {}, typeNode(line.type, this.schemas), line.place === undefined ? null : el('small', {}, line.place)),
            el('td', {}, line.about)));
        return el('div', { class: 'api-table' }, el('table', {}, el('tbody', {}, ...rows)));
    }

    private body(body: Body): HTMLElement {
        const open = body.members.length > 0;
        return el('div', { class: 'api-body' },
            el('p', {}, el('span', { class: 'muted' }, body.media), ' ', open ? null : typeNode(body.type, this.schemas)),
            open ? this.lines(body.members) : null);
    }

    private answer(answer: Answer): HTMLElement {
        return el('li', {}, el('p', {}, el('strong', { class: `api-status s${answer.status.charAt(0)}` }, answer.status), ' ', answer.about),
            ...answer.bodies.map((body) => this.body(body)));
    }

    private operation(op: Operation): HTMLElement {
        const part = (title: TextName, ...content: (HTMLElement | null)[]): HTMLElement =>
            el('section', {}, el('h3', {}, t(title)), ...content);
        const access = op.access.map((name) => t(ACCESS[name] ?? 'docsSession')).join(', ');
        return el('details', { class: 'api-operation', id: anchor(op.id) },
            el('summary', {},
                el('span', { class: `api-method ${op.method.toLowerCase()}` }, op.method),
                el('code', { class: 'api-path' }, op.path),
                el('span', { class: 'api-summary' }, op.summary)),
            el('div', { class: 'api-detail' },
                op.about === '' ? null : el('p', {}, op.about),
                part('docsAccess', el('p', {}, access)),
                op.parameters.length === 0 ? null : part('docsParameters', this.lines(op.parameters)),
                op.request.length === 0 ? null : part('docsRequest', ...op.request.map((body) => this.body(body))),
                part('docsAnswers', el('ul', { class: 'api-answers' }, ...op.answers.map((answer) => this.answer(answer))))));
    }

    private schema(schema: Schema): HTMLElement {
        return el('details', { class: 'api-operation', id: `schema-${anchor(schema.name)}` },
            el('summary', {}, el('code', { class: 'api-path' }, schema.name)),
            el('div', { class: 'api-detail' },
                schema.about === '' ? null : el('p', {}, schema.about),
                schema.members.length > 0 ? this.lines(schema.members) : el('p', {}, typeNode(schema.type, this.schemas))));
    }

    sections(): HTMLElement[] {
        return [
            ...this.api.groups.map((group) => el('section', { class: 'api-group', id: `group-${anchor(group.name)}` },
                el('h2', {}, group.name), el('p', { class: 'muted' }, group.about),
                ...group.operations.map((op) => this.operation(op)))),
            el('section', { class: 'api-group', id: 'group-schemas' }, el('h2', {}, t('docsSchemas')),
                ...this.api.schemas.map((schema) => this.schema(schema))),
        ];
    }

    links(): HTMLElement[] {
        const link = (id: string, name: string): HTMLElement => el('li', {}, el('a', { href: `#group-${id}` }, name));
        return [...this.api.groups.map(({ name }) => link(anchor(name), name)), link('schemas', t('docsSchemas'))];
    }
}

/** Opens what the address names. */
function openTarget(): void {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target instanceof HTMLDetailsElement) {
        target.open = true;
    }
    target?.scrollIntoView();
}

async function show(): Promise<void> {
    const answer = await fetch('/api/schema/', { headers: { Accept: 'application/json' } });
    if (!answer.ok) {
        throw new Error(`/api/schema/: ${answer.status}`);
    }
    const api = describe(await answer.json());
    const page = new Page(api);
    byId('docs-links').replaceChildren(...page.links());
    byId('docs').replaceChildren(el('p', { class: 'docs-about' }, api.about), ...page.sections());
    openTarget();
}

translatePage(document);
window.addEventListener('hashchange', openTarget);
show().catch((error: unknown) => {
    console.warn(error);
    byId('docs').replaceChildren(el('p', { class: 'error', role: 'alert' }, t('docsFailed')));
});
