import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { buildSchema } from 'graphql';
import { HTTP } from '../../src/errors.ts';
import { signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { GatewayProcess } from '../support/child.ts';
import { EDUZZ_SECRET, environment, makeToken, temporaryFolder } from '../support/gateway.ts';
import { Dice } from './dice.ts';
import { type Asked, Documents, asJson } from './documents.ts';
import type { Fault, Options } from './fault.ts';
import { ask } from './graphql-socket.ts';
import { Memory } from './memory.ts';

const AT_ONCE = 8;
/** Texts that no answer to a narrow token may contain: of the people in the events, and of the other tenant. */
const PERSON = 'zz-person-zz';
const FOREIGN = 'zz-foreign-zz';
const FORBIDDEN = [PERSON, FOREIGN];

/** Documents that fit the schema or nearly do, over HTTP, SSE and WebSocket, with a token for one tenant and no more. */
export const fuzzGraphql: Fault = {
  name: 'fuzz-graphql',
  what: 'random GraphQL documents over POST, SSE and WebSocket',
  unit: 'documents',
  runs: 20_000,
  run,
};

interface Answered {
  readonly status: number;
  readonly text: string;
}

async function run({ seed, runs, findings, progress }: Options): Promise<void> {
  const gateway = await GatewayProcess.start({
    ...environment(temporaryFolder()),
    WS_SUBSCRIBE_RATE: '100000',
    MAX_CONNECTIONS_PER_TOKEN: '0',
    QUERY_RATE_PER_TOKEN: '0',
    MAX_QUERIES_PER_TOKEN: '0',
    MAX_DIFFERENT_SUBSCRIPTIONS_PER_TOKEN: '0',
    MAX_CONNECTIONS_PER_ADDRESS: '0',
  });
  const texts = await fillLog(gateway.url);
  const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));
  const documents = new Documents(schema, texts);
  const token = await makeToken({ tenants: ['eduzz:1'], scope: 'events:read', expires: 7_200 });
  const memory = new Memory(gateway.pid);
  let next = 0;

  const work = async () => {
    while (next < runs && gateway.isRunning) {
      const number = (next += 1) - 1;
      const dice = Dice.of(seed, number);
      const operation = dice.pick(['query', 'query', 'query', 'query', 'subscription', 'mutation'] as const);
      const asked = documents.make(dice, operation);
      const way = dice.pick(
        operation === 'subscription'
          ? (['post', 'sse', 'ws'] as const)
          : (['post', 'post', 'post', 'sse', 'ws'] as const),
      );
      const { status, text } = await send(gateway, token, way, asked);
      const said = () => `document ${number} by ${way} was answered ${status} ${text.slice(0, 300)}`;
      findings.count(`${way}: ${status}`);
      findings.expect(status > 0 && (status < 500 || status === 503), 'IN5', said);
      for (const code of codesIn(text)) {
        if (code !== null) findings.count(code);
        findings.expect(code !== null && Object.hasOwn(HTTP, code) && code !== 'INTERNAL', 'GQL3', said);
      }
      if (/"(?:cursor|eventId|subject|id)":"/.test(text)) findings.count('with something in it');
      for (const marker of FORBIDDEN) {
        findings.expect(!text.includes(marker), marker === PERSON ? 'AUTH2' : 'AUTH1', said);
      }
      if (number % 100 === 0) memory.sample();
      if (number % 2_000 === 1_999) progress(`${number + 1} documents`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  memory.expectFlat(findings);
  findings.expect(gateway.isRunning, 'IN5', () => `the gateway ended: ${gateway.stderr}`);
  findings.expect(gateway.errors.length === 0, 'IN5', () => `an error of ours: ${gateway.errors[0]}`);
  const code = await gateway.end('SIGTERM');
  findings.expect(code === 0, 'OPS1', () => `it ended with ${code}: ${gateway.stderr}`);
}

/** Events of the token's tenant and of a foreign one, each about somebody; and texts that arguments may be. */
async function fillLog(url: string): Promise<string[]> {
  for (let number = 0; number < 60; number += 1) {
    const isForeign = number % 2 === 1;
    const payload = attendanceCanceled({
      id: isForeign ? `${FOREIGN}-${number}` : `own-${number}`,
      producer: { id: isForeign ? 2 : 1, name: PERSON, email: `${PERSON}@p.example` },
      occasion: { name: isForeign ? FOREIGN : 'a play' },
      participant: { name: PERSON, email: `${PERSON}@x.example`, phone: PERSON, customFields: { a: PERSON } },
    });
    const { headers, body } = signAsEduzz(payload, EDUZZ_SECRET);
    const { status } = await fetch(`${url}/webhooks/eduzz`, { method: 'POST', headers, body });
    if (status !== 200) throw new Error(`got ${status}`);
  }
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await makeToken()}` },
    body: '{"query":"{ events(first: 60) { head edges { cursor node { id subject } } } }"}',
  });
  const { data } = (await response.json()) as { data: any };
  const { head, edges } = data.events;
  const seen = edges.slice(0, 6).flatMap(({ cursor, node }: any) => [cursor, node.id, node.subject]);
  return [
    head,
    ...seen,
    'eduzz:1',
    'eduzz:2',
    'eduzz',
    'wix',
    '*',
    '',
    'é\u0000\u202e',
    'blinket.attendance_canceled',
    '1',
    'x'.repeat(3_000),
  ];
}

async function send(
  gateway: GatewayProcess,
  token: string,
  way: 'post' | 'sse' | 'ws',
  asked: Asked,
): Promise<Answered> {
  const request = { ...asked, variables: asJson(asked.variables) };
  // A larger message would be refused as such, which is another fault's business.
  const isSmall = JSON.stringify(request).length < 60_000;
  if (way === 'ws' && isSmall) return { status: 200, text: await ask(gateway.webSocketUrl, token, request) };
  const leave = new AbortController();
  try {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${token}`,
        ...(way === 'sse' && { accept: 'text/event-stream' }),
      },
      body: JSON.stringify(request),
      signal: leave.signal,
    });
    if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
      return { status: response.status, text: await response.text() };
    }
    // A stream goes on for as long as it is read.
    let text = '';
    const enough = setTimeout(40, undefined, { ref: false }).then(() => leave.abort());
    try {
      for await (const chunk of response.body!) text += Buffer.from(chunk as Uint8Array).toString();
    } catch {
      // Left.
    }
    leave.abort();
    await enough;
    return { status: response.status, text };
  } catch (error) {
    return { status: 0, text: String(error) };
  }
}

/** The codes of all errors that an answer holds; null for one without. */
function codesIn(text: string): (string | null)[] {
  const codes: (string | null)[] = [];
  for (const line of text.split('\n')) {
    const json = line.replace(/^data: /, '');
    if (!json.startsWith('{')) continue;
    collect(JSON.parse(json), codes);
  }
  return codes;
}

function collect(value: unknown, codes: (string | null)[]): void {
  const { errors, payload, type } = value as { errors?: unknown; payload?: unknown; type?: unknown };
  const list = errors ?? (type === 'error' ? payload : null);
  if (Array.isArray(list)) {
    for (const error of list as { extensions?: { code?: unknown } }[]) {
      const code = error.extensions?.code;
      codes.push(typeof code === 'string' ? code : null);
    }
  } else if (payload !== null && typeof payload === 'object') collect(payload, codes);
}
