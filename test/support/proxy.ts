import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { atEnd } from './ending.ts';

/** A way to a server that can fall silent: nothing is reset, nothing comes through. Ended with the test. */
export class Proxy {
  readonly url: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #opened = 0;
  #silent = false;
  /** Connections that nothing comes through any more, not even their end. */
  readonly #cut = new WeakSet<Socket>();

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  /** A way to where the URL leads; `url` is the same URL by this way. */
  static async to(url: string): Promise<Proxy> {
    const target = new URL(url);
    const server = createServer((inner) => {
      proxy.#opened += 1;
      const outer = connect(Number(target.port), target.hostname);
      proxy.#join(inner, outer);
      proxy.#join(outer, inner);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const through = new URL(url);
    through.port = String((server.address() as AddressInfo).port);
    const proxy = new Proxy(server, through.href);
    atEnd(() => proxy.close());
    return proxy;
  }

  /** How many have connected so far. */
  get opened(): number {
    return this.#opened;
  }

  /** From now on nothing gets through, in either direction. Bytes that are sent meanwhile are lost with their connection. */
  fallSilent(): void {
    this.#silent = true;
    for (const socket of this.#sockets) this.#cutOff(socket);
  }

  /** Who connects from now on gets through again. Who was connected never hears another word. */
  recover(): void {
    this.#silent = false;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #join(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    if (this.#silent) this.#cutOff(from);
    from.on('data', (chunk) => to.write(chunk));
    from.on('error', () => {});
    from.on('close', () => {
      this.#sockets.delete(from);
      if (!this.#cut.has(from)) to.destroy();
    });
  }

  #cutOff(socket: Socket): void {
    this.#cut.add(socket);
    socket.pause();
  }
}
