import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { FIELD, Links, described, numberOf } from './links.ts';
import { Server, delivery, makeToken } from './servers.ts';

const CLIENTS = 2_000;
const MESSAGES = 120;
/** Milliseconds between two messages, between two cuts of one client, and how long each cut lasts. */
const APART = 500;
const EVERY = 15_000;
const GAP = 2_000;

/**
 * Clients in bad networks: 120 messages come at two a second, while the TCP connection of each client is cut for two seconds about every
 * fifteen seconds. The profile is AnyCable's (June 2026). Use `--clients 500` on a smaller machine.
 */
export async function main(options: readonly string[]): Promise<void> {
  const count = numberOf(options, 'clients', CLIENTS);
  const messages = numberOf(options, 'messages', MESSAGES);
  const folder = mkdtempSync(join(tmpdir(), 'hookcast-bench-'));
  console.log(
    `${count} clients, ${messages} messages at ${1_000 / APART}/s, each client cut about every ${EVERY / 1_000} s`,
  );
  try {
    for (const { label, name, kind, env } of FIELD) {
      const server = await Server.start(name, { BENCH_DATABASE: join(folder, 'x.db'), ...env });
      const links = new Links();
      try {
        const token = await makeToken();
        await links.ask({ do: 'open', kind, url: server.webSocketUrl, token, count });
        const before = await server.usage();
        await links.ask({ do: 'jitter', every: EVERY, gap: GAP });
        const began = performance.now();
        for (let message = 0; message < messages; message += 1) {
          await setTimeout(Math.max(0, began + message * APART - performance.now()));
          await server.post(delivery(`b${message}-${performance.timeOrigin + performance.now()}`));
        }
        const outcome = await links.ask({ do: 'settle', messages });
        const { cpu } = await server.usage();
        const seconds = ((cpu - before.cpu) / 1e6).toFixed(1);
        console.log(`  ${label.padEnd(20)} ${described(outcome)} (${outcome.cuts} cuts, ${seconds} s of CPU)`);
      } finally {
        links.end();
        await server.end();
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
