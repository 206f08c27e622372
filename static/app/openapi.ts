// An OpenAPI description as lists that a page can show. Knows the parts of 3.1 that ours uses.
import { joined } from './joined.ts';
import { isObject } from './model.ts';

export type Line = { name: string; type: string; required: boolean; about: string };
export type Body = { media: string; type: string; members: Line[] };
export type Answer = { status: string; about: string; bodies: Body[] };
export type Operation = {
    id: string; method: string; path: string; summary: string; about: string;
    access: string[]; // names of security schemes; '' is nobody
    parameters: (Line & { place: string })[];
    request: Body[];
    answers: Answer[];
};
export type Group = { name: string; about: string; operations: Operation[] };
export type Schema = { name: string; about: string; type: string; members: Line[] };
export type Description = { title: string; version: string; about: string; groups: Group[]; schemas: Schema[] };

type Json = Record<string, unknown>;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

const object = (value: unknown): Json => (isObject(value) ? value : {});
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** "#/components/schemas/Device" → "Device". */
const lastPart = (ref: string): string => ref.slice(ref.lastIndexOf('/') + 1);

function resolve(doc: Json, value: unknown): Json {
    const ref = text(object(value).$ref);
    return ref === '' ? object(value) : object(ref.slice(2).split('/').reduce<unknown>((at, key) => object(at)[key], doc));
}

/** What values of a schema are, in few words: "integer or null", "list of Device". */
export function typeText(schema: unknown): string {
    const s = object(schema);
    if (text(s.$ref) !== '') {
        return lastPart(text(s.$ref));
    }
    if ('const' in s) {
        return JSON.stringify(s.const);
    }
    const choices = list(s.enum).map((one) => JSON.stringify(one)).concat(list(s.anyOf).map(typeText));
    if (choices.length > 0) {
        return choices.join(' or ');
    }
    const names = (Array.isArray(s.type) ? s.type : [s.type]).map((type) => {
        if (type === 'array') {
            return s.maxItems === 0 ? 'empty list' : `list of ${typeText(s.items)}`;
        }
        return type === 'string' && text(s.format) !== '' ? text(s.format) : text(type) || 'any value';
    });
    return names.join(' or ');
}

/** What a schema says about values beside their type. */
function limits(schema: Json): string {
    const words: string[] = [];
    const say = (key: string, word: string): void => {
        if (key in schema && schema.maxItems !== 0) {
            words.push(`${word} ${typeof schema[key] === 'string' ? schema[key] : JSON.stringify(schema[key])}`);
        }
    };
    say('minimum', 'from');
    say('maximum', 'to');
    say('minLength', 'at least characters:');
    say('maxLength', 'at most characters:');
    say('minItems', 'at least items:');
    say('maxItems', 'at most items:');
    say('default', 'default');
    return joined([text(schema.description), words.join(', ')]);
}

function members(schema: Json): Line[] {
    const required = new Set(list(schema.required));
    return Object.entries(object(schema.properties)).map(([name, value]) => ({
        name, type: typeText(value), required: required.has(name), about: limits(object(value)),
    }));
}

function bodies(content: unknown): Body[] {
    return Object.entries(object(content)).map(([media, value]) => {
        const schema = object(object(value).schema);
        return { media, type: typeText(schema), members: members(schema) };
    });
}

function operation(doc: Json, path: string, item: Json, method: string): Operation {
    const op = object(item[method]);
    const security = list(op.security ?? doc.security);
    return {
        id: text(op.operationId), method: method.toUpperCase(), path,
        summary: text(op.summary), about: text(op.description),
        access: security.map((one) => Object.keys(object(one)).join(' + ')),
        parameters: [...list(item.parameters), ...list(op.parameters)].map((value) => {
            const parameter = resolve(doc, value);
            const schema = object(parameter.schema);
            return {
                name: text(parameter.name), place: text(parameter.in), type: typeText(schema),
                required: parameter.required === true,
                about: joined([text(parameter.description), limits(schema)]),
            };
        }),
        request: bodies(resolve(doc, op.requestBody).content),
        answers: Object.entries(object(op.responses)).map(([status, value]) => {
            const answer = resolve(doc, value);
            return { status, about: text(answer.description), bodies: bodies(answer.content) };
        }),
    };
}

export function describe(value: unknown): Description {
    const doc = object(value);
    const info = object(doc.info);
    const groups: Group[] = list(doc.tags).map((tag) => ({
        name: text(object(tag).name), about: text(object(tag).description), operations: [],
    }));
    for (const [path, item] of Object.entries(object(doc.paths))) {
        for (const method of METHODS.filter((one) => one in object(item))) {
            const tag = text(list(object(object(item)[method]).tags)[0]);
            groups.find(({ name }) => name === tag)?.operations.push(operation(doc, path, object(item), method));
        }
    }
    return {
        title: text(info.title), version: text(info.version), about: text(info.description), groups,
        schemas: Object.entries(object(object(doc.components).schemas)).map(([name, schema]) => ({
            name, about: text(object(schema).description), type: typeText(schema), members: members(object(schema)),
        })),
    };
}
