// Runs the unit tests of static/, then every *.test.mjs in a real browser against the whole stack.
import { fork, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startBrowser } from './browser.mjs';
import { startStack } from './stack.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(dirname(here));
const TEST_LIMIT = 120_000; // ms
let passed = 0, failed = 0;

function unit() {
    for (const command of [['node_modules/.bin/tsc', '--noEmit'], [process.execPath, 'static/test/run.mjs']]) {
        const run = spawnSync(command[0], command.slice(1), { cwd: root, encoding: 'utf8' });
        const sum = /^ui-unit: (\d+) passed, (\d+) failed$/m.exec(run.stdout);
        passed += sum ? Number(sum[1]) : Number(run.status === 0);
        failed += sum ? Number(sum[2]) : Number(run.status !== 0);
        if (run.status !== 0) {
            process.stdout.write(run.stdout + run.stderr);
        }
        console.log(`${run.status === 0 ? 'ok' : 'FAILED'} ${sum ? sum[0] : 'types of the interface'}`);
    }
}

async function runTest(file, test, world) {
    const started = Date.now();
    let timer;
    try {
        const limit = new Promise((_, reject) => {
            timer = setTimeout(() => reject(new Error(`took longer than ${TEST_LIMIT / 1000} s`)), TEST_LIMIT);
        });
        await Promise.race([test.run(world), limit]);
        await world.browser.finish();
        passed++;
        console.log(`ok ${file}: ${test.name} (${Date.now() - started} ms)`);
    } catch (error) {
        failed++;
        console.log(`FAILED ${file}: ${test.name}\n    ${String(error.stack ?? error).replaceAll('\n', '\n    ')}`);
        await world.browser.finish().catch(() => undefined);
    } finally {
        clearTimeout(timer);
    }
}

/** Runs the files that next() gives, until it gives none, against a stack of their own. */
async function runFiles(next) {
    let stack, browser;
    try {
        stack = await startStack(root, process.env.B);
        browser = await startBrowser(root, process.env.B);
        for (let file = await next(); file; file = await next()) {
            const { tests, users = {}, prepare } = await import(join(here, file));
            stack.needUsers(users);
            await prepare?.(stack);
            for (const test of tests) {
                await runTest(file.replace('.test.mjs', ''), test, { stack, browser });
            }
        }
    } catch (error) {
        failed++;
        console.log(`FAILED start: ${error.stack ?? error}`);
    } finally {
        await browser?.close();
        await stack?.stop();
    }
}

/** Two processes beside each other, as each waits much of the time; whoever is done takes the next file. */
async function runAll(files) {
    unit();
    await Promise.all([0, 1].map((number) => new Promise((resolve) => {
        const lane = fork(fileURLToPath(import.meta.url), [], { env: { ...process.env, TEST_LANE: number } });
        let sum = { passed: 0, failed: 1 }; // of one that dies
        lane.on('message', (message) => {
            if (message === 'next') {
                lane.send(files.shift() ?? null);
            } else {
                sum = message;
            }
        }).on('exit', () => {
            passed += sum.passed;
            failed += sum.failed;
            resolve();
        });
    })));
}

const askNext = () => new Promise((resolve) => {
    process.once('message', resolve);
    process.send('next');
});

const wanted = process.argv.slice(2).map((name) => basename(name));
const files = readdirSync(here).filter((name) => name.endsWith('.test.mjs')).sort((a, b) => parseInt(a, 10) - parseInt(b, 10));
if (process.env.TEST_LANE !== undefined) {
    await runFiles(askNext);
    process.send({ passed, failed }, () => process.exit(0));
} else {
    const some = files.filter((name) => wanted.includes(name));
    await (wanted.length === 0 ? runAll(files) : runFiles(() => some.shift()));
    console.log(`browser: ${passed} passed, ${failed} failed`);
    process.exit(failed === 0 ? 0 : 1);
}
