import { once } from 'node:events';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { expect, it, onTestFinished } from 'vitest';
import { isFromHere } from '../../src/http/from-here.ts';
import { isLoopback } from '../../src/loopback.ts';

/** This machine as others call it: as a phone on the same network, or a container, is seen. */
const OUTSIDE = Object.values(networkInterfaces())
  .flat()
  .find((address) => address?.family === 'IPv4' && !address.internal)?.address;

it('OPS3.12 treats a client as local only if its address and its name for the machine are local', async () => {
  const seen: boolean[] = [];
  const server = createServer((request, response) => {
    seen.push(isFromHere(request));
    response.end();
  });
  // For both kinds of addresses, so that IPv4 comes as ::ffff:….
  server.listen(0, '::');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const ask = async (host: string, headers: Record<string, string> = {}) => {
    const [response] = await once(get({ host, port, headers, agent: false }), 'response');
    response.resume();
    return seen.at(-1);
  };
  expect(await ask('127.0.0.1')).toBe(true);
  expect(await ask('::1', { host: `[::1]:${port}` })).toBe(true);
  expect(await ask('127.0.0.1', { host: `localhost:${port}` })).toBe(true);
  expect(await ask('127.0.0.1', { host: 'localhost.evil.example' })).toBe(false);
  expect(await ask('127.0.0.1', { 'x-forwarded-for': '127.0.0.1' })).toBe(false);
  if (OUTSIDE) expect(await ask(OUTSIDE, { host: '127.0.0.1' })).toBe(false);
  const hosts = ['127.0.0.1', '127.1.2.3', '::1', 'localhost', '0.0.0.0', '::', '192.168.1.4', 'example.com'];
  expect(hosts.filter(isLoopback)).toEqual(['127.0.0.1', '127.1.2.3', '::1', 'localhost']);
});
