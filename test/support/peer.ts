import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { expect, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { makeToken } from './gateway.ts';

const SMALL = 'subscription { s: cancellations { __typename ... on CancellationEdge { node { eventId } } } }';

export interface Knock {
  readonly protocols?: string | readonly string[];
  readonly headers?: Record<string, string>;
}

/** A client that speaks the protocol by hand, in ways that no library would. */
export class Peer {
  readonly messages: string[] = [];
  readonly closed: Promise<number>;
  readonly socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => socket.on('close', resolve));
    socket.on('message', (data: Buffer) => this.messages.push(data.toString()));
    socket.on('error', () => {});
    onTestFinished(() => socket.terminate());
  }

  /** A WebSocket that is open, and unless said otherwise signed in. */
  static async open(
    { webSocketUrl }: { readonly webSocketUrl: string },
    { signedIn = true, token, headers = {} }: { signedIn?: boolean; token?: string } & Knock = {},
  ): Promise<Peer> {
    const peer = new Peer(new WebSocket(webSocketUrl, 'graphql-transport-ws', { headers }));
    await new Promise((resolve, reject) => {
      peer.socket.on('open', resolve);
      peer.socket.on('error', reject);
    });
    if (!signedIn) return peer;
    peer.signIn(token ?? (await makeToken()));
    await expect.poll(() => peer.messages, { interval: 5 }).toContain('{"type":"connection_ack"}');
    return peer;
  }

  signIn(token: string): void {
    this.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  subscribe(id: string, query = SMALL): void {
    this.send({ id, type: 'subscribe', payload: { query } });
  }

  count(part: string): number {
    return this.messages.filter((message) => message.includes(part)).length;
  }
}

/** The answer to a handshake: 101, or a refusal. */
export function knock(
  { webSocketUrl }: { readonly webSocketUrl: string },
  { protocols = 'graphql-transport-ws', headers = {} }: Knock = {},
): Promise<{ readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Record<string, unknown> }> {
  const socket = new WebSocket(webSocketUrl, protocols as string[], { headers });
  socket.on('error', () => {});
  onTestFinished(() => socket.terminate());
  return new Promise((resolve) => {
    socket.on('open', () => {
      socket.terminate();
      resolve({ status: 101, headers: {}, body: {} });
    });
    socket.on('unexpected-response', (_request: unknown, response: IncomingMessage) => {
      let text = '';
      response.on('data', (chunk) => (text += String(chunk)));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: JSON.parse(text) as object as Record<string, unknown>,
        }),
      );
    });
  });
}
