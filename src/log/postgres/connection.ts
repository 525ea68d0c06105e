import { randomUUID } from 'node:crypto';
import { type Socket, connect } from 'node:net';
import postgres from 'postgres';
import type { Row, Value } from '../value.ts';
import { type Host, encrypted } from './encryption.ts';
import { lastWords } from './last-words.ts';
import { NoAnswer, Refusal, spoils } from './refusal.ts';
import {
  READS_ELSEWHERE,
  SELECT_PROMISE,
  SELECT_SESSION,
  type Traits,
  assertSettled,
  notOurs,
  promiseOf,
  settle,
} from './session.ts';
import type { Target } from './target.ts';

export interface ConnectionOptions {
  /** Called for each notification on the channels that this connection listens to. */
  readonly onNotify?: (channel: string, payload: string) => void;
  /** Called once, when the connection has ended for any reason. */
  readonly onEnd?: () => void;
}

/** How long to wait for an answer, in milliseconds. A server that is alive gives up before: see `statement_timeout` in `session.ts`. */
const ANSWER = 5_000;

const SESSION = statement(SELECT_SESSION);
const PROMISE = statement(`SELECT ${SELECT_PROMISE}`);
// This statement has nothing that would stop pgpool from sending it to a standby, so it finds out whether pgpool does.
const MARK = statement("SELECT current_setting('hookcast.session', true), current_setting('in_hot_standby', true)");

/**
 * One connection to the primary. It runs one statement at a time, and ends at the first sign of trouble.
 *
 * porsager's `postgres` speaks the protocol, on one socket that we open and end. Its own pool waits for ever for a silent server. It
 * tries hosts that refuse in a tight loop, and answers nobody meanwhile. When it reconnects, it writes to a socket that is gone, which
 * ends the process (porsager/postgres#1174, #1208). So it never reconnects here.
 */
export class Connection {
  readonly #sql: postgres.Sql<{ bigint: number }>;
  readonly #socket: Socket;
  readonly #onEnd: (() => void) | undefined;
  /** The host and port, to begin a sentence about the server with. */
  readonly #who: string;
  /** A random text that is set in the session, to recognize it later. */
  readonly #mark = randomUUID().replaceAll('-', '');
  /** The last chunk that came from the server. */
  #heard: Buffer | null = null;
  /** Rejects the statement under way. */
  #reject: ((reason: Error) => void) | null = null;
  #ended = false;
  #traits: Traits = { knowsItsTimeline: true, writesFullPages: true };

  private constructor(socket: Socket, target: Target, host: Host, { onNotify, onEnd }: ConnectionOptions) {
    this.#socket = socket;
    this.#onEnd = onEnd;
    this.#who = `${host.name}:${host.port} `;
    // The library begins to listen for errors a turn later, and the socket may fail before.
    socket.on('error', () => {});
    socket.on('close', () => this.#lost());
    // The server sends nothing before the library has begun, so no chunk is lost to this listener.
    socket.on('data', (chunk: Buffer) => (this.#heard = chunk));
    let handed = false;
    // If the library got a URL instead, the parameters in its query would override these settings.
    this.#sql = postgres({
      host: host.name,
      port: host.port,
      user: target.user,
      pass: target.password,
      database: target.database,
      // The socket is encrypted already.
      ssl: false,
      max: 1,
      socket: () => {
        if (handed) throw new Error('the connection was closed');
        handed = true;
        return socket;
      },
      connection: target.startup,
      types: { bigint: { to: 20, from: [20], parse: Number, serialize: String } },
      // Hookcast writes and reads arrays itself, so that no connection need query the types.
      fetch_types: false,
      connect_timeout: target.opening / 1_000,
      keep_alive: target.keepAlive,
      idle_timeout: 0,
      max_lifetime: null,
      onnotice: () => {},
      onclose: () => this.#lost(),
      ...(onNotify && { onnotify: onNotify }),
    } as postgres.Options<{ bigint: postgres.PostgresType<number> }>);
  }

  /** Connects to the host if it is a primary whose settings keep our promises. @throws {Error} saying why not. */
  static async open(target: Target, host: Host, options: ConnectionOptions = {}): Promise<Connection> {
    const socket = await connected(target, host);
    const connection = new Connection(socket, target, host, options);
    try {
      await connection.script(settle(connection.#mark), target.opening);
      const [row] = await connection.ask(SESSION, [], target.opening);
      connection.#traits = assertSettled(row, connection.#mark);
      return connection;
    } catch (error) {
      connection.destroy();
      throw error;
    }
  }

  get traits(): Traits {
    return this.#traits;
  }

  /** @throws {Refusal} when the session is not the one that was settled. */
  async assertSameSession(): Promise<void> {
    const [[mark, isStandby] = []] = await this.ask(MARK, []);
    if (isStandby === 'on') throw new Refusal(`${this.#who}${READS_ELSEWHERE}`);
    if (mark !== this.#mark) throw notOurs(this.#who);
  }

  /** @throws {Refusal} when a write ran in another session or with other settings (`SELECT_PROMISE`): see `session.ts`. */
  assertKept(said: Value | undefined): void {
    if (said === promiseOf(this.#mark)) return;
    this.destroy();
    throw notOurs(this.#who);
  }

  /** To be called after a write whose answer does not tell how it was committed. @throws {Refusal} as `assertKept` does. */
  async assertCommitted(): Promise<void> {
    const [[said] = []] = await this.ask(PROMISE, []);
    this.assertKept(said);
  }

  get isOpen(): boolean {
    return !this.#ended;
  }

  /** Returns the rows of one statement. @throws the server's error, or an error if there is no answer within `deadline` milliseconds. */
  async ask({ text, strings }: Statement, parameters: readonly Value[], deadline = ANSWER): Promise<Row[]> {
    const answer = text
      ? this.#sql.unsafe(text, [...parameters], { prepare: false })
      : this.#sql(strings, ...parameters);
    return this.#within(answer.values(), deadline);
  }

  /** Runs several statements, without parameters or rows. Together they may take `deadline` milliseconds. */
  async script(sql: string, deadline: number): Promise<void> {
    await this.#within(this.#sql.unsafe(sql).simple(), deadline);
  }

  /** Reads several times from one state of the database. */
  async inSnapshot<T>(read: () => Promise<T>): Promise<T> {
    await this.script('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', ANSWER);
    try {
      const result = await read();
      await this.script('COMMIT', ANSWER);
      return result;
    } catch (error) {
      // The end of the connection ends the transaction.
      this.destroy();
      throw error;
    }
  }

  /** Ends the connection at once. The statement under way fails. */
  destroy(): void {
    this.#end(new Error('the connection was ended'));
  }

  #lost(): void {
    this.#end(lastWords(this.#heard) ?? new Error('the connection was lost'));
  }

  #end(why: Error): void {
    this.#socket.destroy();
    this.#reject?.(why);
    if (this.#ended) return;
    this.#ended = true;
    this.#onEnd?.();
  }

  async #within<T>(answer: PromiseLike<T>, deadline: number): Promise<T> {
    if (this.#ended) throw new Error('the connection was ended');
    // The library may wait for ever for a socket that ended at the wrong moment.
    const lost = new Promise<never>((_, reject) => (this.#reject = reject));
    const timer = setTimeout(() => this.#end(new NoAnswer(deadline)), deadline);
    try {
      return await Promise.race([answer, lost]);
    } catch (error) {
      // After most of the server's errors the connection can still be used. After any other error it can't.
      if (spoils(error)) this.destroy();
      throw error;
    } finally {
      clearTimeout(timer);
      this.#reject = null;
    }
  }
}

/**
 * A statement, prepared once on each connection. The code that uses it makes it once and keeps it, because the library keeps every
 * such object that it has seen for ever.
 */
export interface Statement {
  readonly strings: TemplateStringsArray;
  /** The text of a statement that is planned anew each time; null for a prepared one. */
  readonly text: string | null;
}

/**
 * Makes a statement of a text with `?` for its parameters.
 *
 * @param plan - `once`, or `anew` for each execution where the best plan depends on the parameters.
 */
export function statement(sql: string, plan: 'once' | 'anew' = 'once'): Statement {
  const parts = sql.split('?');
  const text = parts.slice(1).reduce((before, part, index) => `${before}$${index + 1}${part}`, parts[0]!);
  return { strings: Object.assign(parts, { raw: parts }), text: plan === 'anew' ? text : null };
}

/** Opens a socket to the host, encrypted as the target demands. */
async function connected(target: Target, host: Host): Promise<Socket> {
  const { name, port } = host;
  const socket = name.startsWith('/')
    ? connect({ path: `${name}/.s.PGSQL.${port}` })
    : connect({ host: name, port, noDelay: true });
  const silence = new NoAnswer(target.opening);
  // This handles errors until the socket is ready. Afterwards the connection listens.
  const failed = new Promise<never>((_, reject) => socket.on('error', reject));
  const timer = setTimeout(() => socket.destroy(silence), target.opening);
  try {
    await Promise.race([failed, new Promise((resolve) => socket.once('connect', resolve))]);
    return await Promise.race([failed, encrypted(socket, target.encryption(host))]);
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
