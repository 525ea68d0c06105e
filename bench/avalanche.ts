import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FIELD, Links, described, numberOf } from './links.ts';
import { Server, delivery, makeToken } from './servers.ts';

const CLIENTS = 5_000;
/** Messages before the cut, and messages that come while nobody is connected. */
const BEFORE = 5;
const MISSED = 20;

/** All clients lose their connections at once, and all come back at once. Use `--clients 500` on a smaller machine. */
export async function main(options: readonly string[]): Promise<void> {
  const count = numberOf(options, 'clients', CLIENTS);
  const folder = mkdtempSync(join(tmpdir(), 'hookcast-bench-'));
  console.log(`${count} clients come back at once, and have missed ${MISSED} messages`);
  try {
    for (const { label, name, kind, env } of FIELD) {
      const server = await Server.start(name, { BENCH_DATABASE: join(folder, 'x.db'), ...env });
      const links = new Links();
      let sent = 0;
      const post = async (messages: number) => {
        for (const end = sent + messages; sent < end; sent += 1) {
          await server.post(delivery(`b${sent}-${performance.timeOrigin + performance.now()}`));
        }
      };
      try {
        const token = await makeToken();
        await links.ask({ do: 'open', kind, url: server.webSocketUrl, token, count });
        await post(BEFORE);
        await links.ask({ do: 'settle', messages: BEFORE });
        const before = await server.usage();
        await links.ask({ do: 'cut' });
        await post(MISSED);
        await links.ask({ do: 'comeBack' });
        const outcome = await links.ask({ do: 'settle', messages: BEFORE + MISSED });
        const { cpu } = await server.usage();
        const [connected, whole] = [outcome.connected, outcome.whole].map((time) => (time / 1_000).toFixed(1));
        console.log(
          `  ${label.padEnd(20)} all connected after ${connected} s, the last message after ${whole} s; ` +
            `${described(outcome)} (${((cpu - before.cpu) / 1e6).toFixed(1)} s of CPU)`,
        );
      } finally {
        links.end();
        await server.end();
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
