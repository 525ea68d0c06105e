import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import { pino } from 'pino';
import { signToken } from '../auth/sign-token.ts';
import { readConfig } from '../config.ts';
import { createGateway } from '../gateway.ts';
import { eduzzSamples, signAsEduzz } from '../providers/eduzz/samples.ts';
import type { SignedDelivery } from '../providers/sample.ts';
import { signAsWix, wixSamples } from '../providers/wix/samples.ts';
import { buildConsole } from './console.ts';
import { makeDevSecrets } from './dev-secrets.ts';
import { post } from './send.ts';
import { CommandError, type Terminal, howToCall } from './terminal.ts';

const FOLLOW = /* GraphQL */ `
  subscription Follow {
    cancellations {
      __typename
      cursor
      ... on CancellationEdge {
        node {
          kind
          title
          customer {
            name
          }
        }
      }
    }
  }
`;
const RECENT = /* GraphQL */ `
  query Recent {
    cancellations(last: 20) {
      edges {
        node {
          kind
          provider
          title
          occurredAt
          status
          refundExpected
          canceledBy {
            type
          }
          customer {
            name
          }
        }
      }
    }
  }
`;

interface Row {
  readonly canceledBy: { readonly type: string };
  readonly customer: { readonly name: string } | null;
  readonly [field: string]: unknown;
}

/** `hookcast demo`: runs once from two signed webhooks to a subscription and a query, and then ends. */
export async function demo(terminal: Terminal): Promise<void> {
  const { print } = terminal;
  const hasConsole = await buildConsole(terminal);
  const folder = mkdtempSync(join(tmpdir(), 'hookcast-demo-'));
  const secrets = makeDevSecrets();
  const config = readConfig({
    PORT: '0',
    DATABASE_URL: `sqlite:${join(folder, 'hookcast.db')}`,
    EDUZZ_SECRETS: secrets.eduzzSecret,
    WIX_PUBLIC_KEYS: secrets.wixPublicKey,
    AUTH_SECRET: secrets.authSecret,
    DRAIN_NOTICE_SECONDS: '0',
    DRAIN_SPREAD_SECONDS: '0',
  });
  const gateway = await createGateway(config, { logger: pino({ level: 'silent' }) });
  try {
    await gateway.listen();
    print(`A gateway on ${gateway.url}, its log in ${folder}`);
    const token = await signToken(
      { secret: secrets.authSecret },
      { tenant: ['*'], scope: 'events:read pii:read', expires: 60 },
    );
    const authorization = `Bearer ${token}`;

    const client = createClient({
      url: `${gateway.url.replace('http', 'ws')}/graphql`,
      connectionParams: { authorization },
    });
    const messages = client.iterate<{ cancellations: { __typename: string } }>({ query: FOLLOW });
    print('');
    print('A frontend subscribes over WebSocket:');
    const show = async (expected: string) => {
      const { value } = await messages.next();
      const message = value?.data?.cancellations;
      print(`  ◀ ${JSON.stringify(message)}`);
      if (message?.__typename !== expected) throw new CommandError(`The demo expected a ${expected} here.`);
    };
    await show('CaughtUp');

    print('');
    print('Eduzz and Wix post their webhooks, signed:');
    const ticket = signAsEduzz(eduzzSamples[0]!.payload(), secrets.eduzzSecret);
    const deliver = async (source: string, delivery: SignedDelivery, expected: string) => {
      const outcome = await post(`${gateway.url}/webhooks/${source}`, delivery);
      print(`  ▶ POST /webhooks/${source}: ${outcome}`);
      if (outcome !== expected) throw new CommandError(`The demo expected the gateway to say "${expected}" here.`);
    };
    await deliver('eduzz', ticket, 'accepted');
    await show('CancellationEdge');
    const booking = await signAsWix(wixSamples[0]!.payload(), secrets.wixPrivateKey);
    await deliver('wix', booking, 'accepted');
    await show('CancellationEdge');
    // A provider that did not get the answer sends the delivery again.
    await deliver('wix', booking, 'duplicate');
    await messages.return?.();
    await client.dispose();

    print('');
    print('The recent cancellations, by a query:');
    print('');
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify({ query: RECENT }),
    });
    const { data } = (await response.json()) as { data: { cancellations: { edges: { node: Row }[] } } };
    printTable(
      data.cancellations.edges.map(({ node: { canceledBy, customer, ...fields } }) => ({
        ...fields,
        canceledBy: canceledBy.type,
        customer: customer?.name,
      })),
      print,
    );
    if (hasConsole) {
      const { status } = await fetch(`${gateway.url}/console`);
      print('');
      print('The console shows the same to people:');
      print(`  ▶ GET /console: ${status}`);
      if (status !== 200) throw new CommandError('The demo expected a 200 here.');
    }
    print('');
    print(`Next: "${howToCall('dev')}" keeps one running, and prints a link that opens the console.`);
  } finally {
    await gateway.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function printTable(rows: readonly Record<string, unknown>[], print: (line: string) => void): void {
  const names = Object.keys(rows[0] ?? {});
  const cells = rows.map((row) => names.map((name) => text(row[name])));
  const widths = names.map((name, column) => Math.max(name.length, ...cells.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) => `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`;
  print(line(names));
  print(line(widths.map((width) => '─'.repeat(width))));
  for (const row of cells) print(line(row));
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : value === null || value === undefined ? '–' : JSON.stringify(value);
}
