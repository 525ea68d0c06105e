import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { type Claims, type GraphQLAnswer, type TestGateway, makeToken } from './gateway.ts';
import { endClient } from './ending.ts';

/** A client's request, over any transport. */
export interface Asked {
  readonly query?: string;
  readonly documentId?: string;
  readonly id?: string;
  readonly operationName?: string;
  readonly variables?: Record<string, unknown>;
  readonly extensions?: Record<string, unknown>;
}

export type Ask = (gateway: TestGateway, asked: Asked, claims?: Claims) => Promise<GraphQLAnswer>;

/** The first answer to a request over each transport: its result, or its error. */
export const TRANSPORTS: Readonly<Record<'POST' | 'SSE' | 'multipart' | 'WebSocket', Ask>> = {
  POST: async (gateway, asked, claims) => {
    const response = await send(gateway, asked, claims, 'application/graphql-response+json');
    return (await response.json()) as GraphQLAnswer;
  },

  SSE: async (gateway, asked, claims) => {
    const response = await send(gateway, asked, claims, 'text/event-stream');
    if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
      return (await response.json()) as GraphQLAnswer;
    }
    let text = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const data = /^data: (.+)\n/m.exec(text)?.[1];
      // Leaving the loop cancels the stream.
      if (data) return JSON.parse(data) as GraphQLAnswer;
    }
    throw new Error(`no result: ${text}`);
  },

  multipart: async (gateway, asked, claims) => {
    const response = await send(gateway, asked, claims, 'multipart/mixed;subscriptionSpec=1.0');
    if (!response.headers.get('content-type')?.startsWith('multipart/mixed')) {
      return (await response.json()) as GraphQLAnswer;
    }
    let text = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const part = /\r\n\r\n(.+)\r\n--graphql/.exec(text)?.[1];
      if (!part) continue;
      const { payload, errors } = JSON.parse(part) as {
        payload: GraphQLAnswer | null;
        errors?: GraphQLAnswer['errors'];
      };
      return payload ?? ({ errors } as GraphQLAnswer);
    }
    throw new Error(`no result: ${text}`);
  },

  WebSocket: async (gateway, asked, claims) => {
    const authorization = `Bearer ${await makeToken(claims)}`;
    const client = createClient({
      url: gateway.webSocketUrl,
      webSocketImpl: WebSocket,
      connectionParams: { authorization },
      retryAttempts: 0,
    });
    try {
      return await new Promise<GraphQLAnswer>((resolve, reject) =>
        client.subscribe(
          { query: '', ...asked },
          {
            next: (result) => resolve(result as GraphQLAnswer),
            error: (error) => (Array.isArray(error) ? resolve({ errors: error }) : reject(error as Error)),
            complete: () => reject(new Error('no result')),
          },
        ),
      );
    } finally {
      await endClient(client);
    }
  },
};

async function send(gateway: TestGateway, asked: Asked, claims: Claims | undefined, accept: string): Promise<Response> {
  return fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept, authorization: `Bearer ${await makeToken(claims)}` },
    body: JSON.stringify(asked),
  });
}

/** How often each limit was met, of those that were. */
export async function limitsMet(gateway: TestGateway): Promise<Record<string, number>> {
  const headers = { authorization: `Bearer ${await makeToken()}` };
  const text = await (await fetch(`${gateway.url}/metrics`, { headers })).text();
  const met = [...text.matchAll(/^hookcast_limited_total\{limit="(\w+)"\} (\d+)$/gm)];
  return Object.fromEntries(met.map(([, limit, count]) => [limit!, Number(count)]));
}
