import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { attendanceCanceled } from './fixtures/eduzz.ts';
import { FROM_SOURCE } from './support/child.ts';
import { TestGateway, makeToken, temporaryFolder } from './support/gateway.ts';

it('LIVE1.5 holds for the client in the README, as it stands there, across restarts of the gateway', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const code = /```ts\n([^]*?)```/.exec(readme)![1]!;
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'client.mts'), code);
  // As npm links a package that one works on.
  const packages = { hookcast: '..', 'graphql-ws': '../node_modules/graphql-ws' };
  mkdirSync(join(folder, 'node_modules'));
  for (const [name, path] of Object.entries(packages)) {
    symlinkSync(fileURLToPath(new URL(path, import.meta.url)), join(folder, 'node_modules', name));
  }

  let gateway = await TestGateway.start();
  const port = new URL(gateway.url).port;
  const client = spawn(process.execPath, [FROM_SOURCE, join(folder, 'client.mts')], {
    env: { TOKEN: await makeToken(), URL: gateway.webSocketUrl },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void client.kill('SIGKILL'));
  const seen: string[] = [];
  let caughtUp = 0;
  createInterface({ input: client.stdout }).on('line', (line) => {
    const message = JSON.parse(line);
    if (message.__typename === 'CaughtUp') caughtUp += 1;
    if (message.node) seen.push(message.node.eventId);
  });
  await expect.poll(() => caughtUp).toBe(1);
  const sent: string[] = [];
  for (let restart = 0; restart < 3; restart += 1) {
    for (const when of ['before', 'while it is away']) {
      const id = `${restart} ${when}`;
      if (when !== 'before') {
        await gateway.close();
        gateway = await TestGateway.start({ folder: gateway.folder, env: { PORT: port } });
      }
      sent.push(id);
      await gateway.eduzz(attendanceCanceled({ id }));
    }
    await expect.poll(() => seen.length).toBe(sent.length);
  }
  expect(seen).toEqual(sent);
});
