import { expect } from 'vitest';
import { Peer } from './peer.ts';

/** A cookie as the gateway sets it. */
export interface SetCookie {
  readonly name: string;
  readonly value: string;
  readonly attributes: readonly string[];
}

/** A page as the gateway sees one: what a browser says of where it came from, and its cookies. */
export class WebPage {
  readonly gateway: { readonly url: string; readonly webSocketUrl: string };
  readonly origin: string;
  readonly cookies = new Map<string, string>();
  /** The last that was set. */
  set: readonly SetCookie[] = [];

  constructor(gateway: WebPage['gateway'], origin = gateway.url) {
    this.gateway = gateway;
    this.origin = origin;
  }

  get cookie(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  async ask(method: string, path: string, init: { body?: string; headers?: Record<string, string> } = {}) {
    const headers = {
      // Browsers name it with whatever is no GET.
      ...(method !== 'GET' && { origin: this.origin }),
      ...(this.cookies.size > 0 && { cookie: this.cookie }),
      ...init.headers,
    };
    const body = init.body ?? null;
    const answer = await fetch(`${this.gateway.url}${path}`, { method, headers, body, redirect: 'manual' });
    this.set = answer.headers.getSetCookie().map(parse);
    for (const { name, value } of this.set) {
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      body: (text === '' ? {} : JSON.parse(text)) as Record<string, any>,
    };
  }

  signIn(token: string) {
    const headers = { 'content-type': 'application/json' };
    return this.ask('POST', '/console/session', { headers, body: JSON.stringify({ token }) });
  }

  query(query = '{ __typename }', headers: Record<string, string> = {}) {
    const body = JSON.stringify({ query });
    return this.ask('POST', '/graphql', { body, headers: { 'content-type': 'application/json', ...headers } });
  }

  /** A WebSocket of this page's, which shows no token. Signed in, unless it may not be. */
  async open({ isTaken = true } = {}): Promise<Peer> {
    const peer = await Peer.open(this.gateway, {
      signedIn: false,
      headers: { origin: this.origin, cookie: this.cookie },
    });
    peer.send({ type: 'connection_init' });
    if (isTaken) await expect.poll(() => peer.messages, { interval: 5 }).toContain('{"type":"connection_ack"}');
    return peer;
  }
}

function parse(line: string): SetCookie {
  const [pair = '', ...attributes] = line.split('; ');
  const [name = '', value = ''] = pair.split('=');
  return { name, value, attributes };
}
