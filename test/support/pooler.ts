import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { atEnd } from './ending.ts';

/** As PgBouncer has them. */
export type PoolMode = 'session' | 'transaction' | 'statement';

/** The protocol's number where a client begins, and where it asks for TLS. */
const STARTUP = 196_608;
const SSL_REQUEST = 80_877_103;

/**
 * A small pooler in front of a PostgreSQL server that asks for the password in the clear. What a client begins with it drops
 * without a word, as PgBouncer does with `ignore_startup_parameters`. Ended with the test.
 */
export class Pooler {
  readonly url: string;
  readonly #server: Server;
  readonly #target: URL;
  readonly #mode: PoolMode;
  readonly #sockets = new Set<Socket>();
  /** Sessions that no client has just now: the one used last is given out first. */
  readonly #idle: Session[] = [];
  /** How many more sessions it opens, and the clients that wait for one. */
  #free: number;
  readonly #waiting = new Set<() => void>();

  private constructor(server: Server, target: URL, mode: PoolMode, most: number) {
    this.#server = server;
    this.#target = target;
    this.#mode = mode;
    this.#free = most;
    const through = new URL(target);
    through.port = String((server.address() as AddressInfo).port);
    this.url = through.href;
  }

  /** To where the URL leads, with so many sessions at most; `url` is the same URL through it. */
  static async to(url: string, mode: PoolMode, most = Infinity): Promise<Pooler> {
    const server = createServer((client) => void pooler.#serve(client).catch(() => client.destroy()));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const pooler = new Pooler(server, new URL(url), mode, most);
    atEnd(() => pooler.close());
    return pooler;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  async #serve(client: Socket): Promise<void> {
    this.#keep(client);
    const messages = framed(client, false);
    for (let begun = false; !begun;) {
      const { value: first } = await messages.next();
      if (!first) return;
      begun = first.readInt32BE(4) !== SSL_REQUEST;
      if (!begun) client.write('N');
    }
    let session: Session | null = null;
    client.once('close', () => session?.socket.destroy());
    // It is let in at once, as by a pooler that knows it.
    client.write(Buffer.concat([message('R', int32(0)), message('Z', Buffer.from('I'))]));
    for await (const sent of messages) {
      if (sent[0] === 0x58) return void client.end();
      if (this.#mode === 'statement' && /^BEGIN/i.test(sent.toString('utf8', 5))) {
        return void client.end(refusal('transaction blocks not allowed in statement pooling mode'));
      }
      if (!session) {
        session = this.#idle.pop() ?? (await this.#openFor(client));
        if (!session) return;
        session.owner = client;
        session.ready = (isIdle) => {
          if (this.#mode === 'session' || !isIdle || !session) return;
          this.#idle.push(session);
          session = null;
        };
      }
      session.socket.write(sent);
    }
  }

  /** Lets the client wait until there is a session for it. Null if it hangs up before. */
  async #openFor(client: Socket): Promise<Session | null> {
    let wake = () => {};
    client.once('close', () => wake());
    while (this.#free === 0 && !client.destroyed) {
      await new Promise<void>((resolve) => {
        wake = resolve;
        this.#waiting.add(resolve);
      });
    }
    if (client.destroyed) return null;
    this.#free -= 1;
    const session = await this.#open();
    session.socket.once('close', () => {
      this.#free += 1;
      for (const wake of this.#waiting) wake();
      this.#waiting.clear();
    });
    if (client.destroyed) session.socket.destroy();
    return session;
  }

  async #open(): Promise<Session> {
    const socket = this.#keep(connect(Number(this.#target.port), this.#target.hostname));
    await once(socket, 'connect');
    const asks = { user: this.#target.username, database: this.#target.pathname.slice(1), client_encoding: 'UTF8' };
    const text = Buffer.from(`${Object.entries(asks).flat().join('\0')}\0\0`);
    socket.write(Buffer.concat([int32(8 + text.length), int32(STARTUP), text]));
    const session: Session = { socket, owner: null, ready: () => {} };
    const ready = new Promise<void>((resolve) => (session.ready = () => resolve()));
    // A connection that is cut here belongs to a test that has ended.
    void this.#follow(session).catch(() => {});
    await ready;
    return session;
  }

  async #follow(session: Session): Promise<void> {
    for await (const said of framed(session.socket, true)) {
      const letter = String.fromCharCode(said[0]!);
      // It asks for a password, and nobody else is there yet.
      if (!session.owner && letter === 'R' && said.readInt32BE(5) === 3) {
        session.socket.write(message('p', Buffer.from(`${decodeURIComponent(this.#target.password)}\0`)));
      }
      // A notification reaches the client that happens to have the session.
      if (session.owner?.writable) session.owner.write(said);
      if (letter === 'Z') session.ready(said[5] === 0x49);
    }
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
    return socket;
  }
}

interface Session {
  readonly socket: Socket;
  owner: Socket | null;
  ready: (isIdle: boolean) => void;
}

/** A FATAL error with the code that PgBouncer has for everything. */
export function refusal(text: string, code = '08P01'): Buffer {
  return message('E', Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${text}\0\0`));
}

function message(letter: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(letter), int32(body.length + 4), body]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

/** The messages of the protocol, whole. Those that a client begins with have no letter. */
async function* framed(socket: Socket, lettered: boolean): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  let hasLetter = lettered;
  for await (const chunk of socket) {
    rest = Buffer.concat([rest, chunk as Buffer]);
    for (;;) {
      const at = hasLetter ? 1 : 0;
      if (rest.length < at + 4) break;
      const end = at + rest.readInt32BE(at);
      if (rest.length < end) break;
      const frame = rest.subarray(0, end);
      rest = rest.subarray(end);
      if (!hasLetter && frame.readInt32BE(4) === STARTUP) hasLetter = true;
      yield frame;
    }
  }
}
