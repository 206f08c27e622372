// The little of Node.js that the tests use.
declare module 'node:test' {
    export default function test(name: string, run: () => void | Promise<void>): void;
}
declare module 'node:assert/strict' {
    export function equal(actual: unknown, expected: unknown, message?: string): void;
    export function deepEqual(actual: unknown, expected: unknown, message?: string): void;
    export function rejects(promise: Promise<unknown>, error: RegExp): Promise<void>;
    export function ok(value: unknown, message?: string): asserts value;
}
declare module 'node:fs' {
    export function readFileSync(path: string, encoding: 'utf8'): string;
    export function readdirSync(path: string): string[];
}
