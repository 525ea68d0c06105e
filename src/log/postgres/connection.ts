import { type Socket, connect } from 'node:net';
import postgres from 'postgres';
import type { Row, Value } from '../row.ts';
import type { Host, Target } from './target.ts';

export interface ConnectionOptions {
  /** Given the payloads of what is notified on the channels that this connection listens to. */
  readonly onNotify?: (channel: string, payload: string) => void;
  /** Told once that nothing more can be asked of it, for whatever reason. */
  readonly onEnd?: () => void;
}

/** How long a server may take to let us in, in milliseconds. Tried once for each host. */
const OPENING = 2_000;
/** How long a statement may take, by the server's clock, in milliseconds. */
const STATEMENT = 4_000;
/** How long an answer is waited for. A server that is there has given up by itself before. */
const ANSWER = 5_000;

/**
 * What must hold on every connection. A commit is durable before it is answered (and with `synchronous_standby_names`, on
 * a standby as well); numbers and order are as the statements expect; and a plan that looks dear for its estimates is not
 * compiled for a tenth of a second.
 */
const SETTINGS: Record<string, string | number> = {
  application_name: 'hookcast',
  synchronous_commit: 'on',
  default_transaction_isolation: 'read committed',
  default_transaction_read_only: 'off',
  statement_timeout: STATEMENT,
  jit: 'off',
};

/**
 * Which server, and which of its lives, this is: a promoted standby has a timeline of its own, and so has a backup that was
 * restored to a point in time. It can't change while we are connected to a primary. Null on a standby.
 */
const HISTORY = statement(`
  SELECT CASE WHEN pg_is_in_recovery() THEN NULL ELSE set_config('hookcast.history',
    (SELECT system_identifier FROM pg_control_system()) || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8), false)
  END, current_setting('fsync'), current_setting('server_encoding')`);

/**
 * One connection to the primary, which is asked one thing at a time and given up at the first sign of trouble.
 *
 * porsager's `postgres` speaks the protocol, with one socket that we make and end: its own pool waits for ever for a
 * server that is silent, tries hosts that refuse in a tight loop and answers nobody meanwhile, and writes to a socket
 * that is gone when it reconnects, which ends the process (porsager/postgres#1174, #1208). So it never reconnects here.
 */
export class Connection {
  readonly #sql: postgres.Sql<{ bigint: number }>;
  readonly #socket: Socket;
  readonly #onEnd: (() => void) | undefined;
  /** Rejects what is under way. */
  #reject: ((reason: Error) => void) | null = null;
  #ended = false;

  private constructor(socket: Socket, target: Target, host: Host, { onNotify, onEnd }: ConnectionOptions) {
    this.#socket = socket;
    this.#onEnd = onEnd;
    // The library begins to listen a turn later, and a socket may have ended by then.
    socket.on('error', () => {});
    socket.on('close', () => this.#end('the connection was lost'));
    let handed = false;
    // With a URL instead, whatever its query says would count for more than the settings.
    this.#sql = postgres({
      host: host.name,
      port: host.port,
      user: target.user,
      pass: target.password,
      database: target.database,
      ssl: target.tls(host),
      max: 1,
      socket: () => {
        if (handed) throw new Error('the connection was closed');
        handed = true;
        return socket;
      },
      connection: SETTINGS,
      types: { bigint: { to: 20, from: [20], parse: Number, serialize: String } },
      // Arrays are written and read by ourselves, which spares every connection a question about types.
      fetch_types: false,
      connect_timeout: OPENING / 1_000,
      idle_timeout: 0,
      max_lifetime: null,
      onnotice: () => {},
      onclose: () => this.#end('the connection was lost'),
      ...(onNotify && { onnotify: onNotify }),
    } as postgres.Options<{ bigint: postgres.PostgresType<number> }>);
  }

  /** Connects to the host if it is a primary. @throws {Error} saying why not. */
  static async open(target: Target, host: Host, options: ConnectionOptions = {}): Promise<Connection> {
    const socket = await connected(host);
    const connection = new Connection(socket, target, host, options);
    try {
      const [[history, fsync, encoding] = []] = await connection.#ask(HISTORY, [], OPENING);
      if (history === null) throw new Error('is a standby');
      if (fsync !== 'on') throw new Error('runs with fsync off, and would lose what it has acknowledged');
      if (encoding !== 'UTF8') throw new Error(`has a database in ${encoding}; make one with ENCODING 'UTF8'`);
      return connection;
    } catch (error) {
      connection.destroy();
      throw error;
    }
  }

  get isOpen(): boolean {
    return !this.#ended;
  }

  /** The rows of one statement. @throws whatever the server says, or that it said nothing for so many milliseconds. */
  ask(asked: Statement, parameters: readonly Value[], deadline = ANSWER): Promise<Row[]> {
    return this.#ask(asked, parameters, deadline);
  }

  /** Several statements, without parameters or rows. They may take as long as said, in milliseconds. */
  async script(sql: string, deadline: number): Promise<void> {
    await this.#within(this.#sql.unsafe(sql).simple(), deadline);
  }

  /** Ends at once. What is under way fails. */
  destroy(): void {
    this.#end('the connection was ended');
  }

  #end(why: string): void {
    this.#socket.destroy();
    this.#reject?.(new Error(why));
    if (this.#ended) return;
    this.#ended = true;
    this.#onEnd?.();
  }

  async #ask(asked: Statement, parameters: readonly Value[], deadline: number): Promise<Row[]> {
    const { text, strings } = asked;
    const answer = text
      ? this.#sql.unsafe(text, [...parameters], { prepare: false })
      : this.#sql(strings, ...parameters);
    return this.#within(answer.values(), deadline);
  }

  async #within<T>(answer: PromiseLike<T>, deadline: number): Promise<T> {
    if (this.#ended) throw new Error('the connection was ended');
    // The library may wait for ever for a socket that ended at the wrong moment.
    const lost = new Promise<never>((_, reject) => (this.#reject = reject));
    const timer = setTimeout(() => this.#end(`no answer within ${deadline} ms`), deadline);
    try {
      return await Promise.race([answer, lost]);
    } catch (error) {
      // What the server says of a statement leaves the connection as it was; anything else does not.
      if (!(error instanceof postgres.PostgresError)) this.destroy();
      throw error;
    } finally {
      clearTimeout(timer);
      this.#reject = null;
    }
  }
}

/**
 * A statement, prepared once on each connection. Made once and kept by whoever asks it: the library keeps every one that it
 * has seen, by this object and for ever.
 */
export interface Statement {
  readonly strings: TemplateStringsArray;
  /** Of one that is planned anew for its parameters each time. */
  readonly text: string | null;
}

/**
 * The statement of a text with `?` for its parameters.
 *
 * @param plan - `once` for all parameters, or `anew` for each, where the best way depends on them.
 */
export function statement(sql: string, plan: 'once' | 'anew' = 'once'): Statement {
  const parts = sql.split('?');
  const text = parts.slice(1).reduce((before, part, index) => `${before}$${index + 1}${part}`, parts[0]!);
  return { strings: Object.assign(parts, { raw: parts }), text: plan === 'anew' ? text : null };
}

function connected({ name, port }: Host): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = name.startsWith('/')
      ? connect({ path: `${name}/.s.PGSQL.${port}` })
      : connect({ host: name, port, noDelay: true });
    const timer = setTimeout(() => socket.destroy(new Error(`no answer within ${OPENING} ms`)), OPENING);
    socket.once('error', reject);
    socket.once('close', () => clearTimeout(timer));
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeListener('error', reject);
      // TLS checks the certificate against this name.
      resolve(Object.assign(socket, { host: name, port }));
    });
  });
}
