import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { openConsole } from '../support/browser.ts';
import { TestGateway } from '../support/gateway.ts';

/** A proxy on a port of its own that passes Host on without it, as nginx does with `$host`. */
async function withoutPort(target: string): Promise<{ url: string }> {
  const { port } = new URL(target);
  const server = createServer((asked, answer) => {
    const { method, url: path, headers } = asked;
    const passed = request({ port, method, path, headers: { ...headers, host: '127.0.0.1' } }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    asked.pipe(passed);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => server.closeAllConnections());
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const SAID = [
  ['en-GB', 'Your token is not the reason', 'Your token doesn’t allow this'],
  ['pt-BR', 'O motivo não é o seu token', 'Seu token não permite isso'],
] as const;

it('CON2.5 says that the page was refused, and not its token, behind a proxy that hides its port', async () => {
  const gateway = await TestGateway.start();
  const proxy = await withoutPort(gateway.url);
  for (const [locale, said, wrong] of SAID) {
    const page = await openConsole({ gateway: proxy, path: '/history', locale, expected: /403|WebSocket/ });
    await page.getByText(said).first().waitFor();
    expect(await page.getByText(wrong).count()).toBe(0);
  }
});
