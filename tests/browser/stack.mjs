// A whole stack of our own on free ports, with a database that the tests may fill as they like.
import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const PASSWORD = 'Correct-Horse-7';

/** Ports of this process: each of those that test beside each other (main.mjs) has some of its own, below the range that
    outgoing connections take and below that of tests/system; from somewhere in them, for another checkout may test too. */
let port = 12_000 + 4_000 * Number(process.env.TEST_LANE ?? 0) + Math.floor(Math.random() * 3_000);

const isFree = () => new Promise((resolve) => {
    const server = createServer().on('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
});

async function freePort() {
    do {
        port++;
    } while (!await isFree());
    return port;
}

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function ready(base, child) {
    for (let i = 0; i < 200; i++) {
        if (child.exitCode !== null) {
            throw new Error(`mytracks serve ended with status ${child.exitCode}`);
        }
        const answer = await fetch(`${base}/health/`).catch(() => null);
        if (answer?.ok) {
            return;
        }
        await wait(50);
    }
    throw new Error('mytracks serve does not answer');
}

/** more: settings beside the usual ones; tls: with a port for MQTT over TLS. */
export async function startStack(root, build, { tls = false, ...more } = {}) {
    const folder = mkdtempSync(join(tmpdir(), 'mytracks-browser-'));
    mkdirSync(join(folder, 'run'));
    const [http, mqtt, ws] = [await freePort(), await freePort(), await freePort()];
    const tlsPort = tls ? await freePort() : -1;
    const database = join(folder, 'db.sqlite3');
    const env = {
        PATH: process.env.PATH, HOME: folder, TZ: 'UTC',
        DATABASE_URL: `sqlite:///${database}`, SECRET_KEY: 'only-for-the-browser-tests-0123456789-0123456789-0',
        DEBUG: 'True', ALLOWED_HOSTS: 'localhost,127.0.0.1', RUN_DIR: join(folder, 'run'),
        HTTP_PORT: String(http), MQTT_PORT: String(mqtt), MQTT_TLS_PORT: String(tlsPort), MQTT_WS_PORT: String(ws),
        MYTRACKS_STATIC_DIR: join(build, 'static'),
        MYTRACKS_PBKDF2_ITERATIONS: '100000', MYTRACKS_RULES_PRIVATE: 'true', MYTRACKS_TEST_PRELOAD: process.env.MYTRACKS_TEST_PRELOAD ?? '', ...more,
    };
    const program = join(build, 'bin/mytracks');
    const child = spawn(program, ['serve'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const log = createWriteStream(join(folder, 'log'));
    child.stdout.pipe(log);
    child.stderr.pipe(log);
    const base = `http://127.0.0.1:${http}`;
    const remove = () => rmSync(folder, { recursive: true, force: true });
    const stop = async () => {
        if (child.exitCode === null && child.signalCode === null) {
            const ended = new Promise((resolve) => child.once('exit', resolve));
            child.kill('SIGTERM');
            await ended;
        }
        remove();
    };
    try {
        await ready(base, child);
    } catch (error) {
        const text = readFileSync(join(folder, 'log'), 'utf8');
        await stop();
        throw new Error(`${error.message}\n${text}`);
    }

    /** SQL as the tests need it; Python because Node has no SQLite. */
    function sql(text, values = []) {
        const code = 'import json,sqlite3,sys\ndb=sqlite3.connect(sys.argv[1],timeout=5)\n'
            + 'print(json.dumps(db.execute(sys.argv[2],json.loads(sys.argv[3])).fetchall()))\ndb.commit()';
        const run = spawnSync('/usr/bin/python3', ['-c', code, database, text, JSON.stringify(values)], { encoding: 'utf8' });
        if (run.status !== 0) {
            throw new Error(run.stderr);
        }
        return JSON.parse(run.stdout);
    }

    /** What `mytracks ARGS` prints. */
    function command(...args) {
        const run = spawnSync(program, args, { cwd: folder, env, input: `${PASSWORD}\n`, encoding: 'utf8' });
        if (run.status !== 0) {
            throw new Error(run.stderr);
        }
        return run.stdout;
    }

    const addUser = (name, admin = false) => command('user', 'add', ...(admin ? ['--admin'] : []), '--password-stdin', name);

    /** { name: whether an administrator }; those who are there already stay as they are. */
    function needUsers(users) {
        const known = sql('select username from auth_user').flat();
        Object.entries(users).filter(([name]) => !known.includes(name)).forEach(([name, admin]) => addUser(name, admin));
    }

    /** A position as the phone posts it; tst is now unless given. */
    async function post(user, device, { lat, lon, ...fix }) {
        const answer = await fetch(`${base}/api/locations/`, {
            method: 'POST',
            headers: {
                'Content-Type': 'application/json',
                Authorization: `Basic ${Buffer.from(`${user}:${PASSWORD}`).toString('base64')}`,
            },
            body: JSON.stringify({
                _type: 'location', topic: `owntracks/${user}/${device}`, tst: Math.floor(Date.now() / 1000), acc: 10,
                lat: Number(lat.toFixed(6)), lon: Number(lon.toFixed(6)), ...fix,
            }),
        });
        if (answer.status !== 200) {
            throw new Error(`POST /api/locations/: ${answer.status} ${await answer.text()}`);
        }
    }

    return { base, origin: base, ws, mqtt, tlsPort, folder, sql, command, addUser, needUsers, post, stop, build, root };
}

/** run(fresh, link): a stack that nobody administers yet, and its link to the setup, whose pages end before it does; more: as of startStack(). */
export async function withFreshStack({ root, build }, browser, run, more = {}) {
    const fresh = await startStack(root, build, more);
    try {
        await run(fresh, fresh.command('setup', '--url', fresh.base).match(/http\S+/)[0]);
        await browser.finish(fresh);
    } finally {
        await fresh.stop();
    }
}
