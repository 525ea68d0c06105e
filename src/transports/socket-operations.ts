import { type ExecutionResult, GraphQLError } from 'graphql';
import { CLOSE } from '../errors.ts';
import type { WrittenResult } from '../execution/written-result.ts';
import type { OperationRequest } from '../execution/operation-request.ts';
import type { Prepare } from '../execution/operations.ts';
import { presentError } from '../execution/present-error.ts';
import type { Stream } from '../execution/stream.ts';
import type { ConnectionLimits, OnLimit } from '../limits.ts';
import type { Lanes } from '../live/lanes.ts';
import type { Live } from '../live/live.ts';
import { Allowance } from '../tallies/allowance.ts';
import type { SocketConnection } from './socket-connection.ts';
import type { QueryQuota, Quotas } from './quotas.ts';
import { type Ended, SocketSubscription } from './socket-subscription.ts';

export interface SocketOperationsOptions {
  readonly operations: { readonly prepare: Prepare };
  readonly live: Live;
  /** The queue in which documents wait for their turn. */
  readonly opening: Lanes;
  readonly limits: ConnectionLimits;
  readonly quotas: Quotas;
  readonly onLimit: OnLimit;
  readonly report: (cause: unknown) => string;
  /** Milliseconds of a clock that only goes forward. */
  readonly clock: () => number;
}

/** A query or mutation that is ready to run. */
interface Single {
  readonly id: string;
  readonly holder: string;
  readonly run: () => Promise<WrittenResult>;
}

/** A subscription that is ready to be opened. */
interface Following {
  readonly id: string;
  readonly holder: string;
  readonly open: () => Promise<Stream | ExecutionResult>;
}

/** Begins the operations of WebSockets. */
export class SocketOperations {
  readonly #options: SocketOperationsOptions;
  readonly #ended: Ended;

  constructor(options: SocketOperationsOptions) {
    this.#options = options;
    this.#ended = (connection, id, error) => {
      const told = error === undefined ? connection.complete(id) : this.#fail(connection, id, [error]);
      // If it can't be sent, the socket is gone.
      told.catch(() => {});
    };
  }

  /** Begins an operation whose id was claimed for it. Resolves when the operation is over, or when it is a running subscription. */
  async begin(connection: SocketConnection, id: string, request: OperationRequest): Promise<void> {
    const { operations, opening } = this.#options;
    const refusal = this.#refusalOf(connection);
    if (refusal) return connection.fail(id, [refusal]);
    const viewer = connection.viewer!;
    const operation = await opening.run(() => operations.prepare(request, viewer));
    if ('length' in operation) return this.#fail(connection, id, operation);
    const { holder } = viewer;
    if (operation.kind === 'stream') return this.#follow(connection, { id, holder, open: operation.open });
    return this.#ask(connection, { id, holder, run: operation.run });
  }

  #count(holder: string): QueryQuota | GraphQLError {
    const { quotas, report } = this.#options;
    try {
      return quotas.begin(holder);
    } catch (refusal) {
      return presentError(refusal, report);
    }
  }

  /** Why the connection may not begin another operation now. If a client keeps on asking, its socket is closed. */
  #refusalOf(connection: SocketConnection): GraphQLError | null {
    const { limits, onLimit, clock } = this.#options;
    const rate = limits.subscribeRate;
    // A client that comes back begins all its operations at once. If one were refused then, it would be missing for good.
    const burst = Math.max(rate, limits.subscriptions);
    connection.allowance ??= new Allowance({ rate, burst, debt: rate, clock });
    if (!connection.allowance.take()) {
      onLimit('subscribe_rate');
      if (connection.allowance.isOverdrawn) {
        connection.shut({ ...CLOSE.TRY_LATER, reason: 'Too many operations begun, try again later' });
      }
      return tooMany(`A WebSocket may begin ${rate} operations a second. Begin this one later.`);
    }
    // The new operation is counted already, by its id.
    if (connection.running.size <= limits.subscriptions) return null;
    onLimit('subscriptions');
    return tooMany(`A WebSocket may run ${limits.subscriptions} operations. Complete one, or open another WebSocket.`);
  }

  /** Answers a query or mutation, which counts for its holder until the answer has left, or the socket is gone. */
  async #ask(connection: SocketConnection, { id, holder, run }: Single): Promise<void> {
    const query = this.#count(holder);
    if (query instanceof GraphQLError) return connection.fail(id, [query]);
    try {
      await this.#options.quotas.turn(holder);
      const answer = await run();
      if (connection.running.isWanted(id)) await connection.answer(id, answer);
    } finally {
      query.release();
    }
    return connection.complete(id);
  }

  /** Begins a subscription. It returns as soon as that follows, so that an idle subscription is no suspended function. */
  async #follow(connection: SocketConnection, { id, holder, open }: Following): Promise<void> {
    const stream = connection.running.isWanted(id) ? await open() : null;
    if (!stream || !connection.running.isWanted(id)) return connection.running.release(id);
    if (!('following' in stream)) {
      await connection.next(id, stream);
      return connection.complete(id);
    }
    const subscription = new SocketSubscription(connection, id, {
      ended: this.#ended,
      reading: stream.reading?.() ?? null,
    });
    connection.running.began(id, subscription);
    try {
      subscription.begin(this.#options.live.follow(stream.following, stream.after, subscription, holder));
    } catch (refusal) {
      subscription.end(refusal);
    }
  }

  /** Reports errors to the operator, unless the socket is gone: then the operation failed only since it could not write. */
  #fail(connection: SocketConnection, id: string, errors: readonly unknown[]): Promise<void> {
    const report = connection.isOpen ? this.#options.report : () => {};
    return connection.fail(
      id,
      errors.map((error) => presentError(error, report)),
    );
  }
}

function tooMany(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'TOO_MANY_REQUESTS' } });
}
