// What people call a browser, of what it calls itself: "Firefox, Android".
import { joined } from './joined.ts';

// The first that fits: most pretend to be others too.
const BROWSERS: [RegExp, string][] = [
    [/\bEdgA?\//, 'Edge'], [/\bOPR\//, 'Opera'], [/\bSamsungBrowser\//, 'Samsung Internet'], [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
    [/\b(?:Chrome|CriOS|HeadlessChrome)\//, 'Chrome'], [/\bVersion\/.*Safari\//, 'Safari'],
];
const SYSTEMS: [RegExp, string][] = [
    [/\bAndroid\b/, 'Android'], [/\biPhone\b/, 'iPhone'], [/\biPad\b/, 'iPad'], [/\bWindows\b/, 'Windows'], [/\bMac OS X\b/, 'macOS'],
    [/\bCrOS\b/, 'ChromeOS'], [/\bLinux\b/, 'Linux'],
];
const first = (table: [RegExp, string][], agent: string): string => table.find(([pattern]) => pattern.test(agent))?.[1] ?? '';

/** What is not known is given as it is. */
export function browserName(agent: string): string {
    const browser = first(BROWSERS, agent);
    return browser === '' ? agent : joined([browser, first(SYSTEMS, agent)], ', ');
}
