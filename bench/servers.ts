import { randomUUID } from 'node:crypto';
import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { signToken } from '../src/auth/sign-token.ts';
import { eduzzSamples, signAsEduzz } from '../src/providers/eduzz/samples.ts';
import type { Look, Question, Seen, Usage } from './meter.ts';

export const SECRET = 'the benchmark signs with a secret of this length';

const SERVERS = {
  gateway: './gateway.child.ts',
  types: './types.child.ts',
  'bare ws': './broadcast.child.ts',
  'ws, committed': './committed-broadcast.child.ts',
  yoga: './peers/yoga.child.js',
  mercurius: './peers/mercurius.child.js',
  'socket.io': './peers/socket-io.child.js',
};
export type Name = keyof typeof SERVERS;

/** The fields that all servers are asked for. */
export const FIELDS = `__typename cursor ... on CancellationEdge {
  node { eventId kind title occurredAt tenant { id } customer { name email } } }`;
export const SUBSCRIPTION = `subscription ($after: String) { cancellations(after: $after) { ${FIELDS} } }`;

/** One of the servers, in its own process. */
export class Server {
  readonly name: Name;
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(name: Name, child: ChildProcess, port: number) {
    this.name = name;
    this.#child = child;
    this.port = port;
  }

  static async start(name: Name, env: Record<string, string> = {}, execArgv: readonly string[] = []): Promise<Server> {
    if (SERVERS[name].includes('/peers/')) installPeers();
    const child = fork(new URL(SERVERS[name], import.meta.url), {
      env: { ...process.env, BENCH_SECRET: SECRET, ...env },
      execArgv: ['--expose-gc', ...execArgv],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const port = await new Promise<number>((resolve, reject) => {
      child.once('message', (message) => resolve(Number(message)));
      child.once('exit', () => reject(new Error(`${name} did not start`)));
    });
    child.removeAllListeners('exit');
    return new Server(name, child, port);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get webSocketUrl(): string {
    return `ws://127.0.0.1:${this.port}/graphql`;
  }

  usage(question: Question = 'usage'): Promise<Usage> {
    const answer = new Promise<Usage>((resolve) => this.#child.once('message', resolve as (usage: unknown) => void));
    this.#child.send(question);
    return answer;
  }

  /** Returns what the threads of a gateway have done. The gateway must be started with `threads.ts`. */
  look(look: Look): Promise<readonly Seen[]> {
    const answer = new Promise<readonly Seen[]>((resolve) =>
      this.#child.once('message', resolve as (seen: unknown) => void),
    );
    this.#child.send(look);
    return answer;
  }

  async post(payload: Record<string, unknown>): Promise<void> {
    const { headers, body } = signAsEduzz(payload, SECRET);
    const response = await this.fetch('/webhooks/eduzz', { method: 'POST', headers, body });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`${this.name} answered ${response.status}`);
  }

  /** Tries once more if the connection is cut: it may be an old one to another server that had the same port. */
  async fetch(path: string, request: RequestInit): Promise<Response> {
    return fetch(this.url + path, request).catch(() => fetch(this.url + path, request));
  }

  async end(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill(signal);
    await new Promise((resolve) => this.#child.once('exit', resolve));
  }
}

/** Makes a delivery of a canceled ticket as Eduzz documents it. Each has another id. */
export function delivery(id: string = randomUUID(), producer = '1234'): Record<string, unknown> {
  const payload = eduzzSamples[0]!.payload() as { data: Record<string, unknown> };
  return { ...payload, id, data: { ...payload.data, producer: { id: producer, name: 'P', email: 'p@p.example' } } };
}

/** Makes a token. Tokens that expire at different times have different holders. */
export function makeToken(tenants: readonly string[] = ['*'], expires = 3_600): Promise<string> {
  return signToken({ secret: SECRET }, { tenant: tenants, scope: 'events:read pii:read', expires });
}

/** A message as a subscriber gets it, with an id of the usual length. */
export async function oneMessage(server: Server): Promise<string> {
  await server.post(delivery());
  const response = await server.fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await makeToken()}` },
    body: JSON.stringify({
      query: SUBSCRIPTION.replace('subscription ($after: String)', 'query')
        .replace('(after: $after)', '(last: 1)')
        .replace('{ __typename', '{ edges { __typename')
        .replace('} } }', '} } } }'),
    }),
  });
  const { data } = (await response.json()) as { data: { cancellations: { edges: object[] } } };
  const payload = { data: { cancellations: data.cancellations.edges[0] } };
  return JSON.stringify({ id: 'b0000000-0000-4000-8000-000000000000', type: 'next', payload });
}

/** Installs the peers. Only the benchmarks have them, so that the product doesn't carry them. */
function installPeers(): void {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const { dependencies } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as { dependencies: object };
  if (Object.keys(dependencies).every((name) => existsSync(`${folder}/node_modules/${name}`))) return;
  console.log('Installing the peers (npm ci in bench/)…');
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
}
