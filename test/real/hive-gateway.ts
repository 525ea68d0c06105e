import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { atEnd } from '../support/ending.ts';
import { freePort } from './real-proxy.ts';

/** Where the packages are: half a gigabyte, too much for a checkout. */
const PLACE = process.env['HIVE_GATEWAY'] ?? '';
export const hasHive = existsSync(join(PLACE, 'node_modules/@graphql-hive/gateway'));
export const HOW_TO_HAVE_IT =
  'npm install --prefix FOLDER @graphql-hive/gateway@2.15 @graphql-mesh/compose-cli@1.8 graphql@16, and HIVE_GATEWAY=FOLDER';

const page = readFileSync(new URL('../../docs/FRONTENDS.md', import.meta.url), 'utf8');
const schema = new URL('../../schema.graphql', import.meta.url);
/** The client's module for silence, and what it imports. */
const MODULES = ['silence', 'whole-characters'];
const source = (name: string) => readFileSync(new URL(`../../src/client/${name}.ts`, import.meta.url), 'utf8');

/** A block of FRONTENDS.md, by its first line. */
function block(begins: string): string {
  return page
    .split('```ts\n')
    .find((text) => text.startsWith(`// ${begins}`))!
    .split('```')[0]!;
}

export interface HiveOptions {
  readonly hookcast: string;
  readonly mode?: 'supergraph' | 'proxy';
  readonly withPrefix?: boolean;
  readonly overWebSocket?: boolean;
  readonly readinessToken?: string;
  /** Composed elsewhere, of subgraphs of Apollo Federation. */
  readonly supergraph?: string;
}

/** Hive Gateway with the configuration of FRONTENDS.md, before a hookcast at another address. Ended with the test. */
export class HiveGateway {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  static async start(options: HiveOptions): Promise<HiveGateway> {
    const { hookcast, mode = 'supergraph', withPrefix = false, overWebSocket = false, readinessToken = '' } = options;
    const { supergraph } = options;
    // Beside the packages, so that its files find them.
    const folder = mkdtempSync(join(PLACE, 'test-'));
    const endpoint = `${hookcast}/graphql`;
    const mesh = block('mesh.config.ts').replace('https://hook.example.com/graphql', endpoint);
    writeFileSync(join(folder, 'mesh.config.ts'), withPrefix ? mesh : mesh.replace(/^ *transforms: .*$/m, ''));
    writeFileSync(join(folder, 'schema.graphql'), readFileSync(schema));
    const client = join(folder, 'node_modules/hookcast-client');
    mkdirSync(client, { recursive: true });
    writeFileSync(join(client, 'package.json'), '{"type":"module","exports":{"./silence":"./silence.js"}}');
    for (const name of MODULES) {
      const built = stripTypeScriptTypes(source(name)).replaceAll(/(?<=from '\.\/[\w-]+)\.ts'/g, ".js'");
      writeFileSync(join(client, `${name}.js`), built);
    }
    const more = [overWebSocket && 'for WebSockets', mode === 'proxy' && 'for the mode proxy']
      .flatMap((name) => name || [])
      .map((name) => block(`gateway.config.ts, ${name}`).replace(/^.*\n/, ''));
    const config = block('gateway.config.ts: ').replace(/\}\);\n$/, `${more.join('')}});\n`);
    const proxied = `proxy: { endpoint: '${endpoint}' }, schema: './schema.graphql'`;
    const served = mode === 'proxy' ? config.replace(/supergraph: '.*'/, proxied) : config;
    writeFileSync(
      join(folder, 'gateway.config.ts'),
      supergraph ? block('gateway.config.ts, for Apollo Federation') : served,
    );
    if (supergraph) writeFileSync(join(folder, 'supergraph.graphql'), supergraph);

    const run = (program: string, args: readonly string[]) => {
      const env = { PATH: process.env['PATH'] ?? '', READINESS_TOKEN: readinessToken };
      const path = join(PLACE, 'node_modules/.bin', program);
      return spawn(process.execPath, [path, ...args], { cwd: folder, env, stdio: 'ignore' });
    };
    if (mode === 'supergraph' && !supergraph) await once(run('mesh-compose', ['-o', 'supergraph.graphql']), 'exit');
    const port = await freePort();
    const child = run('hive-gateway', ['-h', '127.0.0.1', '-p', String(port), mode]);
    const hive = new HiveGateway(child, `http://127.0.0.1:${port}`);
    atEnd(async () => {
      await hive.#end();
      rmSync(folder, { recursive: true, force: true });
    });
    while ((await hive.ask('/healthcheck')) !== 200) {
      if (child.exitCode !== null) throw new Error('Hive Gateway did not start');
      await setTimeout(200);
    }
    return hive;
  }

  get webSocketUrl(): string {
    return `${this.url.replace('http', 'ws')}/graphql`;
  }

  /** The status; 0 if nobody is there. */
  async ask(path: string): Promise<number> {
    const response = await fetch(this.url + path).catch(() => null);
    return response?.status ?? 0;
  }

  async #end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }
}
