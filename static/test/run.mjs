// Unit tests of the interface's logic: each *.test.ts is bundled, then all run in Node's test runner.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const out = mkdtempSync(join(tmpdir(), 'mytracks-ui-test-'));
let status = 1;
try {
    await build({
        entryPoints: readdirSync(here).filter((f) => f.endsWith('.test.ts')).map((f) => join(here, f)),
        outdir: out, outExtension: { '.js': '.mjs' }, bundle: true, platform: 'node', format: 'esm', target: 'node20',
        logLevel: 'warning',
        // The same language and zone on every machine. Vienna has summer time.
        define: { navigator: 'undefined', ICONS_URL: '""', ZONES_URL: '""' },
    });
    const files = readdirSync(out).map((f) => join(out, f));
    const env = { ...process.env, TZ: 'Europe/Vienna' };
    const run = spawnSync(process.execPath, ['--test', '--test-reporter=tap', ...files], { cwd: dirname(dirname(here)), env, encoding: 'utf8' });
    const [passed, failed] = ['pass', 'fail'].map((word) => Number(new RegExp(`^# ${word} (\\d+)`, 'm').exec(run.stdout)?.[1]));
    if (run.status !== 0) {
        process.stdout.write(run.stdout + run.stderr);
    } else {
        process.stdout.write(run.stdout.split('\n').filter((line) => /^ *ok /.test(line)).map((line) => `${line.trim()}\n`).join(''));
    }
    console.log(`ui-unit: ${passed} passed, ${failed} failed`);
    status = run.status ?? 1;
} finally {
    rmSync(out, { recursive: true, force: true });
}
process.exit(status);
