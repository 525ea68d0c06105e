import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { atEnd } from './ending.ts';

/**
 * A proxy that accepts each WebSocket before it has reached the gateway, and closes it with 1011 if it reaches none, as
 * `@fastify/http-proxy` (11.6.3) does. Ended with the test.
 */
export class EagerProxy {
  readonly webSocketUrl: string;
  /** How many WebSockets it has closed with 1011. */
  refused = 0;

  private constructor(port: number) {
    this.webSocketUrl = `ws://127.0.0.1:${port}/graphql`;
  }

  static async to(target: string): Promise<EagerProxy> {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: ([first]) => first ?? false });
    await once(server, 'listening');
    const proxy = new EagerProxy((server.address() as AddressInfo).port);
    server.on('connection', (inner) => proxy.#join(inner, new WebSocket(target, inner.protocol)));
    atEnd(() => {
      server.close();
      for (const socket of server.clients) socket.terminate();
    });
    return proxy;
  }

  #join(inner: WebSocket, outer: WebSocket): void {
    const waiting: string[] = [];
    inner.on('message', (data: Buffer) => {
      if (outer.readyState === WebSocket.OPEN) outer.send(String(data));
      else waiting.push(String(data));
    });
    inner.on('close', () => outer.terminate());
    outer.on('open', () => waiting.forEach((text) => outer.send(text)));
    outer.on('message', (data: Buffer) => inner.send(String(data)));
    outer.on('close', (code, reason) => inner.close(code === 1006 ? 4006 : code, reason));
    outer.on('error', () => {
      if (inner.readyState !== WebSocket.OPEN) return;
      this.refused += 1;
      inner.close(1011);
    });
  }
}
