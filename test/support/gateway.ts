import { createHmac, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GraphQLSchema } from 'graphql';
import { type Logger, pino } from 'pino';
import { WORKERS } from './child.ts';
import { atEnd, noteRefusal } from './ending.ts';
import { untilFree } from './free-port.ts';
import { keptThread } from './log-threads.ts';
import { SeveralWorkers } from './several-workers.ts';
import { signToken } from '../../src/auth/sign-token.ts';
import { readConfig } from '../../src/config.ts';
import { type Gateway, type GatewayDependencies, createGateway } from '../../src/gateway.ts';
import { signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import { createSchema } from '../../src/graphql/schema.ts';
import { readConsole } from '../../src/http/console-files.ts';
import type { Provider } from '../../src/providers/provider.ts';
import type { SignedDelivery } from '../../src/providers/sample.ts';
import { signAsWix } from '../../src/providers/wix/samples.ts';
import { SHIPPED } from '../../src/types/shipped.ts';

export const EDUZZ_SECRET = 'edzwgd_test-secret-of-the-test-suite';
export const AUTH_SECRET = 'the test suite signs its tokens with this';
export const METRICS_TOKEN = 'what Prometheus of the test suite sends';
export const wixKeys = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const WIX_PUBLIC_KEY = wixKeys.publicKey.export({ type: 'spki', format: 'pem' }).toString();

export const EVERYTHING = 'events:read pii:read raw:read ops';

export interface Claims {
  readonly tenants?: readonly string[];
  readonly scope?: string;
  /** Seconds from now. A token counts in whole ones, so that it may be good for up to one less. */
  readonly expires?: number;
}

export function makeToken({ tenants = ['*'], scope = EVERYTHING, expires = 600 }: Claims = {}): Promise<string> {
  return signToken({ secret: AUTH_SECRET }, { tenant: tenants, scope, expires });
}

/** A folder that is gone when the test is. */
export function temporaryFolder(): string {
  const folder = newFolder();
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'hookcast-test-'));
}

export interface GraphQLAnswer {
  readonly data?: Record<string, any> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: Record<string, unknown> }[];
}

interface Receipt {
  readonly status: number;
  readonly contentType: string | null;
  readonly body: Record<string, any>;
  readonly headers: Headers;
}

const schemas = new Map<string, GraphQLSchema>();

/** To make a schema is half of what it costs to start a gateway: of the types that ship, each worker of the tests makes it once. */
const schemaOf: GatewayDependencies['schemaOf'] & {} = (types, options) => {
  if (types.some((type) => !SHIPPED.includes(type))) return createSchema(types, options);
  const key = JSON.stringify([types.map(({ name }) => name), options]);
  const schema = schemas.get(key) ?? createSchema(types, options);
  schemas.set(key, schema);
  return schema;
};

/** For all gateways of a process: each would compress it anew for its first page, which takes 60 ms. */
const consoleFiles = readConsole(fileURLToPath(new URL('../../dist/console', import.meta.url)));

/**
 * A gateway as production has it, on a file and a port of its own, ended with the test. With `HOOKCAST_WORKERS=4` it is a process with
 * so many workers.
 */
export class TestGateway {
  readonly folder: string;
  readonly url: string;
  readonly #close: () => Promise<unknown>;

  private constructor(url: string, folder: string, close: () => Promise<unknown>) {
    this.url = url;
    this.folder = folder;
    this.#close = close;
  }

  static async start(
    options: {
      readonly folder?: string;
      readonly env?: Record<string, string>;
      readonly now?: () => number;
      readonly logger?: Logger;
      /** Instead of those of the environment. */
      readonly sources?: ReadonlyMap<string, Provider>;
      /** In this process and with one worker, also under `HOOKCAST_WORKERS=4`. */
      readonly inThisProcess?: boolean;
      /** For all tests of a file, which ends it with `end`. Otherwise it is ended with the test. */
      readonly lasting?: boolean;
    } = {},
  ): Promise<TestGateway> {
    const folder = options.folder ?? (options.lasting ? newFolder() : temporaryFolder());
    // Tests ask one question after the other: a quick machine would meet what one token may ask in a second.
    const env: Record<string, string> = { ...environment(folder), QUERY_RATE_PER_TOKEN: '0', ...options.env };
    const { now, sources, lasting } = options;
    await untilFree(env['PORT']);
    // A clock, a logger and providers of the test's own can't be given to another process.
    if (WORKERS > 1 && !now && !sources && !options.logger && !options.inThisProcess) {
      const workers = await SeveralWorkers.start(env, WORKERS);
      const close = () => workers.end('SIGTERM');
      if (!lasting) atEnd(close);
      return new TestGateway(workers.url, folder, close);
    }
    const config = readConfig(env);
    const logger = options.logger ?? pino({ level: 'silent' });
    const more = { ...(now && { now }), ...(sources && { sources }) };
    const create = () => createGateway(config, { logger, schemaOf, consoleFiles, startThread: keptThread, ...more });
    const gateway = await (lasting ? patiently(create) : create());
    await gateway.listen();
    if (!lasting) atEnd(() => gateway.close());
    return new TestGateway(gateway.url, folder, () => gateway.close());
  }

  get webSocketUrl(): string {
    return `${this.url.replace('http', 'ws')}/graphql`;
  }

  async close(): Promise<void> {
    await this.#close();
  }

  /** Closes it, and removes its folder. */
  async end(): Promise<void> {
    await this.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async post(source: string, { headers, body }: { headers?: Record<string, string>; body: string | Uint8Array }) {
    const response = await fetch(`${this.url}/webhooks/${source}`, {
      method: 'POST',
      headers: headers ?? {},
      body: body as string,
    });
    if (response.status === 503) noteRefusal();
    return receipt(response);
  }

  /** Posts a payload signed as Eduzz does. */
  eduzz(payload: Record<string, unknown>): Promise<Receipt> {
    return this.post('eduzz', signAsEduzz(payload, EDUZZ_SECRET));
  }

  /** Posts claims signed as Wix does. */
  async wix(payload: Record<string, unknown>): Promise<Receipt> {
    return this.post('wix', await signAsWix(payload, wixKeys.privateKey));
  }

  async query(query: string, variables: Record<string, unknown> = {}, claims: Claims = {}): Promise<GraphQLAnswer> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await makeToken(claims)}` },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as GraphQLAnswer;
  }
}

/** Before all tests of a file nothing is tried again by itself, and a log says for no other reason that it is just now too slow. */
async function patiently(create: () => Promise<Gateway>): Promise<Gateway> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await create();
    } catch (error) {
      if (tries === 5 || !/just now|no answer within/.test(String(error))) throw error;
    }
  }
}

export function environment(folder: string): Record<string, string> {
  return {
    PORT: '0',
    DATABASE_URL: `sqlite:${join(folder, 'hookcast.db')}`,
    EDUZZ_SECRETS: EDUZZ_SECRET,
    WIX_PUBLIC_KEYS: WIX_PUBLIC_KEY,
    AUTH_SECRET,
    METRICS_TOKEN,
    // Tests need no notice of a drain, and no spread of reconnects.
    DRAIN_NOTICE_SECONDS: '0',
    DRAIN_SPREAD_SECONDS: '0',
    LOG_LEVEL: 'silent',
  };
}

export async function receipt(response: Response): Promise<Receipt> {
  const text = await response.text();
  return {
    status: response.status,
    contentType: response.headers.get('content-type'),
    headers: response.headers,
    body: text === '' ? {} : (JSON.parse(text) as Record<string, any>),
  };
}

export function signedAsEduzz(body: string | Buffer, secret = EDUZZ_SECRET): SignedDelivery {
  const { headers } = signAsEduzz({}, secret);
  return {
    headers: { ...headers, 'x-signature': createHmac('sha256', secret).update(body).digest('hex') },
    body: body as string,
  };
}
