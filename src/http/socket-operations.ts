import { setImmediate } from 'node:timers/promises';
import { type ExecutionArgs, type ExecutionResult, GraphQLError, parse } from 'graphql';
import { CloseCode, type SubscribePayload } from 'graphql-ws';
import { CLOSE } from '../errors.ts';
import type { Prepare } from '../graphql/operations.ts';
import { presentError } from '../graphql/present-error.ts';
import type { Stream } from '../graphql/stream.ts';
import type { ConnectionLimits, Limited } from '../limits.ts';
import type { Lanes } from '../live/lanes.ts';
import type { Live } from '../live/live.ts';
import { Allowance } from './allowance.ts';
import type { Asked } from './client-message.ts';
import type { Connection } from './connection.ts';
import type { Query, Quotas } from './quotas.ts';
import { SocketSubscription } from './socket-subscription.ts';

/** All that graphql-ws is told of a document, which it keeps while its operation runs: whether it is a subscription. */
const DOCUMENTS = { single: parse('{ a }'), stream: parse('subscription { a }') };

export interface SocketOperationsOptions {
  readonly operations: { readonly prepare: Prepare };
  readonly live: Live;
  /** Where documents wait for their turn. */
  readonly opening: Lanes;
  readonly limits: ConnectionLimits;
  readonly quotas: Quotas;
  readonly limited: Limited;
  readonly report: (cause: unknown) => string;
  /** Milliseconds that only ever grow. */
  readonly clock: () => number;
}

type Begin = () => Promise<ExecutionResult | SocketSubscription>;

/** A query or mutation that is ready to run. */
interface Single {
  readonly id: string;
  readonly query: Query;
  readonly holder: string;
  readonly run: () => Promise<ExecutionResult>;
}

/**
 * The operations of WebSockets, from a message to what runs. graphql-ws keeps what it is given for as long as an operation
 * runs, so it is given next to nothing.
 */
export class SocketOperations {
  readonly #options: SocketOperationsOptions;
  /** How to begin what was opened. */
  readonly #opened = new WeakMap<ExecutionArgs, Begin>();

  constructor(options: SocketOperationsOptions) {
    this.#options = options;
  }

  /** Opens an operation, for graphql-ws to run with what it gets here. Errors are why it may not run. */
  async open(
    connection: Connection,
    id: string,
    payload: SubscribePayload,
  ): Promise<ExecutionArgs | readonly GraphQLError[]> {
    const { limits, operations, opening } = this.#options;
    const { viewer } = connection;
    if (!viewer) return [new GraphQLError('Not connected.')];
    // One that was completed just before is over by the next turn.
    if (connection.operations >= limits.subscriptions) await setImmediate();
    const refusal = this.#refusalOf(connection);
    if (refusal) return [refusal];
    if (!connection.claim(id)) {
      connection.shut({ code: CloseCode.SubscriberAlreadyExists, reason: `Subscriber for ${id} already exists` });
      return [new GraphQLError('The id is in use.')];
    }
    const request = (payload as unknown as Asked).take();
    const operation = await opening.run(() => operations.prepare(request, viewer));
    if ('length' in operation) {
      connection.release(id);
      return operation;
    }
    const { holder } = viewer;
    if (operation.kind === 'stream') {
      return this.#ready(operation.kind, () => this.#follow(connection, { id, holder, open: operation.open }));
    }
    const query = this.#count(holder);
    if (query instanceof GraphQLError) {
      connection.release(id);
      return [query];
    }
    return this.#ready(operation.kind, () => this.#ask(connection, { id, query, holder, run: operation.run }));
  }

  /** Runs what was opened. */
  run(args: ExecutionArgs): Promise<ExecutionResult | SocketSubscription> {
    const begin = this.#opened.get(args)!;
    this.#opened.delete(args);
    return begin();
  }

  #ready(kind: keyof typeof DOCUMENTS, begin: Begin): ExecutionArgs {
    const args = { document: DOCUMENTS[kind] } as ExecutionArgs;
    this.#opened.set(args, begin);
    return args;
  }

  #count(holder: string): Query | GraphQLError {
    const { quotas, report } = this.#options;
    try {
      return quotas.begin(holder);
    } catch (refusal) {
      return presentError(refusal, report);
    }
  }

  /** Why it may not begin another operation now. Whoever goes on and on is sent away for a while. */
  #refusalOf(connection: Connection): GraphQLError | null {
    const { limits, limited, clock } = this.#options;
    const rate = limits.subscribeRate;
    // Whoever comes back begins all at once that it had, and an operation that is refused then would be missing for good.
    const burst = Math.max(rate, limits.subscriptions);
    connection.allowance ??= new Allowance({ rate, burst, debt: rate, clock });
    if (!connection.allowance.take()) {
      limited('subscribe_rate');
      if (connection.allowance.isOverdrawn) {
        connection.shut({ ...CLOSE.TRY_LATER, reason: 'Too many operations begun, try again later' });
      }
      return tooMany(`A WebSocket may begin ${rate} operations a second. Begin this one later.`);
    }
    if (connection.operations < limits.subscriptions) return null;
    limited('subscriptions');
    return tooMany(`A WebSocket may run ${limits.subscriptions} operations. Complete one, or open another WebSocket.`);
  }

  /** Counts for its holder until its answer has left, or the socket is gone and nothing more is done for it. */
  async #ask(connection: Connection, { id, query, holder, run }: Single): Promise<ExecutionResult> {
    try {
      await this.#options.quotas.turn(holder);
      return await run();
    } finally {
      if (connection.isOpen) connection.began(id, query);
      else query.release();
    }
  }

  async #follow(
    connection: Connection,
    { id, holder, open }: { id: string; holder: string; open: () => Promise<Stream | ExecutionResult> },
  ): Promise<ExecutionResult | SocketSubscription> {
    const stream = await open();
    if (!('following' in stream)) return stream;
    const subscription = new SocketSubscription(id, connection.outflow, stream.reading?.() ?? null);
    connection.began(id, subscription);
    try {
      subscription.begin(this.#options.live.follow(stream.following, stream.after, subscription, holder));
    } catch (refusal) {
      subscription.end(refusal);
    }
    return subscription;
  }
}

function tooMany(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'TOO_MANY_REQUESTS' } });
}
