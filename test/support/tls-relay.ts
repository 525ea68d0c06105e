import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { TLSSocket } from 'node:tls';
import { AUTHORITY, LOCALHOST } from '../fixtures/certificates.ts';
import { atEnd } from './ending.ts';

const SSL_REQUEST = 80_877_103;

/** A way to a PostgreSQL server that speaks TLS, where the server itself does not. Ended with the test. */
export class TlsRelay {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Connections that asked for TLS, and those that came without. */
  readonly seen = { encrypted: 0, plain: 0 };

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  /** @param asksForCertificate whether it lets nobody in without a certificate of the authority. */
  static async to(url: string, { asksForCertificate = false } = {}): Promise<TlsRelay> {
    const target = new URL(url);
    const demands = asksForCertificate ? { requestCert: true, rejectUnauthorized: true, ca: AUTHORITY } : {};
    const server = createServer((client) => {
      relay.#keep(client);
      client.once('data', (first: Buffer) => {
        const outer = relay.#keep(connect(Number(target.port), target.hostname));
        if (first.readInt32BE(4) !== SSL_REQUEST) {
          relay.seen.plain += 1;
          outer.write(first);
          client.pipe(outer).pipe(client);
          return;
        }
        relay.seen.encrypted += 1;
        client.write('S');
        const inner = relay.#keep(new TLSSocket(client, { isServer: true, ...LOCALHOST, ...demands }));
        inner.pipe(outer).pipe(inner);
      });
    });
    server.listen(0);
    await once(server, 'listening');
    const relay = new TlsRelay(server);
    atEnd(() => relay.close());
    return relay;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #keep<T extends Socket>(socket: T): T {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
    return socket;
  }
}
