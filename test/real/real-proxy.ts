import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { atEnd } from '../support/ending.ts';
import { temporaryFolder } from '../support/gateway.ts';
import { type Program, recipeOf } from './programs.ts';

/** A proxy of Debian's before one gateway or two, ended with the test by its own process id. */
export class RealProxy {
  readonly url: string;
  readonly #child: ChildProcess;
  #said = '';

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
    child.stderr?.on('data', (chunk) => (this.#said += String(chunk)));
    child.stdout?.on('data', (chunk) => (this.#said += String(chunk)));
  }

  /** @param config in place of the recipe, given the folder and where to listen. */
  static async start(
    program: Program,
    gateways: readonly string[],
    config?: (port: number) => string,
  ): Promise<RealProxy> {
    const [first = 0, second = first] = gateways.map((url) => Number(new URL(url).port));
    const port = await freePort();
    const folder = temporaryFolder();
    // Programs that give up root read it as well.
    chmodSync(folder, 0o755);
    const recipe =
      config?.(port) ?? recipeOf(program, { port, gateways: [first, second] }, gateways.length > 1 ? 2 : 1);
    const { args, files = {}, env = {} } = program.start(folder, port);
    for (const [name, text] of Object.entries({ ...files, recipe })) writeFileSync(`${folder}/${name}`, text);
    const child = spawn(program.path, args, { cwd: folder, env: { PATH: process.env['PATH'] ?? '', ...env } });
    const proxy = new RealProxy(child, `http://127.0.0.1:${port}`);
    atEnd(() => proxy.stop());
    await proxy.#listening();
    return proxy;
  }

  get webSocketUrl(): string {
    return `${this.url.replace('http', 'ws')}/graphql`;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const late = setTimeout(3_000, null, { ref: false }).then(() => this.#child.kill('SIGKILL'));
    await Promise.race([exited, late]);
  }

  async #listening(): Promise<void> {
    for (let tries = 0; tries < 200; tries += 1) {
      if (this.#child.exitCode !== null) break;
      const response = await fetch(`${this.url}/console`).catch(() => null);
      if (response?.ok) return;
      await setTimeout(50);
    }
    throw new Error(`${this.#child.spawnfile} does not serve: ${this.#said}`);
  }
}

/** Which may be taken again before it is used; then the proxy says so, and the test fails. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
