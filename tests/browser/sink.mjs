// A mail server that keeps what it is sent: that of tests/system.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';

const CODE = `
import json, sys
sys.path.insert(0, sys.argv[1])
from smtpkit import Sink
with Sink(login=("post", "box-Pa55")) as sink:
    print(sink.port, flush=True)
    for line in sys.stdin:
        sink.wait_for(int(line))
        print(json.dumps([{"to": m.to, "subject": m.subject, "login": m.login} for m in sink.mails]), flush=True)
`;

/** run({ port, mails(n) }): mails() waits for so many. Its login: post, box-Pa55. */
export async function withSink(run) {
    const child = spawn('/usr/bin/python3', ['-c', CODE, fileURLToPath(new URL('../system', import.meta.url))], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    try {
        const port = Number((await lines.next()).value);
        await run({
            port,
            mails: async (n) => {
                child.stdin.write(`${n}\n`);
                return JSON.parse((await lines.next()).value);
            },
        });
    } finally {
        child.kill();
    }
}
