import { onTestFinished } from 'vitest';
import { makeToken } from '../support/gateway.ts';
import type { Client } from './clients.ts';
import type { Edge } from './recipes/documents.ts';

/** The events that one frontend got, or shows. It stops with the test. */
export class Seen {
  edges: readonly Edge[] = [];
  gaps = 0;
  /** How often it was asked for a token. */
  tokens = 0;
  readonly errors: unknown[] = [];
  readonly stop: () => void;

  /** @param token the one to use when it is asked for the nth time. */
  constructor(
    client: Client,
    { url, webSocketUrl }: { readonly url: string; readonly webSocketUrl: string },
    { after = null, token = () => makeToken() }: { after?: string | null; token?: (n: number) => Promise<string> } = {},
  ) {
    this.stop = client({
      url: `${url}/graphql`,
      webSocketUrl,
      after,
      token: () => token((this.tokens += 1)),
      onMessage: (message) => {
        if (message.__typename === 'CancellationEdge') this.edges = [...this.edges, message];
        if (message.__typename === 'Gap') this.gaps += 1;
      },
      show: (edges) => {
        this.edges = edges;
      },
      onError: (error) => this.errors.push(error),
    });
    onTestFinished(this.stop);
  }

  get ids(): readonly string[] {
    return this.edges.map(({ node }) => node.eventId);
  }
}
