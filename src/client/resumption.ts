import { type Documented, NOT_RESUMABLE, toSubscribed } from './document.ts';
import { cursorIn, judge } from './refusal.ts';
import { callWithin } from './silence.ts';

/** An operation for a client. Apollo, urql and Relay give `query` as text; it may also be a document's tree. */
export interface Request extends Documented {
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

export interface Result {
  readonly data?: object | null | undefined;
  readonly errors?: readonly unknown[] | undefined;
}

export interface Sink {
  /** Each framework has a type of its own for a result. */
  next(result: never): void;
  error(error: unknown): void;
  complete(): void;
}

/** The methods that the clients of graphql-ws and of graphql-sse share. */
export interface Subscribing {
  subscribe(request: never, sink: Sink): () => void;
}

/** A message of a subscription. */
export interface ServerMessage {
  readonly __typename?: string;
  readonly cursor: string;
}

export interface ResumptionOptions {
  /** Called with each message. For an event that was too large to be sent, `message` is null. */
  readonly onResult: (result: Result, cursor: string, message: ServerMessage | null) => void;
  /** Called when the subscription was cut off and will be tried again. The pause before the next try begins when its promise resolves. */
  readonly onCut?: (reason: unknown) => unknown;
  /**
   * Called when the subscription is over: with the error that makes another try useless, or with null if its client was disposed of. It
   * is called once, and not after `stop`.
   */
  readonly onEnd: (failure: { readonly error: unknown } | null) => void;
  /** Asked whether the client was disposed of when a subscription completes: a gateway has no reason to complete one. */
  readonly isDisposed?: () => boolean;
  /** Asked whether to try again after an error that hookcast doesn't know. Without this function, such errors are tried again. */
  readonly shouldRetry?: ((error: unknown) => boolean) | undefined;
  /** How often it tries again, one failure after the other, before it ends. */
  readonly retries?: number | undefined;
  /** How long to wait after the nth failed try, in milliseconds. */
  readonly wait?: ((tries: number) => number) | undefined;
}

/**
 * One subscription over all its tries. Each try begins after the message that came last, so that every message comes once.
 *
 * Another gateway in between may begin the subscription anew by itself, with the variables that it was given. Then messages come
 * twice or are missing, without any error. A second `CaughtUp`, or the first event coming again, shows that it happened. Then this
 * class gives the try up for one with the right cursor.
 */
export class Resumption {
  readonly #client: Subscribing;
  readonly #request: Request;
  readonly #options: ResumptionOptions;
  #after: unknown;
  #tries = 0;
  #isOver = false;
  /** Whether a `CaughtUp` has come since the client last wrote the request. */
  #hasCaughtUp = false;
  /** The cursor of the first message since then. */
  #first: string | null = null;
  /** Ends the try that runs, or the wait for the next. */
  #cancel = () => {};

  /** @throws {TypeError} if the document could not be resumed. */
  constructor(client: Subscribing, request: Request, options: ResumptionOptions) {
    this.#client = client;
    this.#options = options;
    this.#after = request.variables?.['after'] ?? null;
    const { query: _query, documentId: _id, ...rest } = request;
    const variables = () => {
      this.#hasCaughtUp = false;
      this.#first = null;
      return { ...request.variables, after: this.#after };
    };
    this.#request = {
      ...rest,
      ...toSubscribed(request),
      // The client reads this whenever it writes the request, so that its own retries resume as well.
      get variables() {
        return variables();
      },
    };
  }

  begin(): void {
    let isCut = false;
    const comeBack = (error: unknown) => {
      if (isCut || this.#isOver) return;
      isCut = true;
      void this.#comeBack(error);
    };
    this.#cancel = this.#client.subscribe(this.#request as never, {
      next: (result: Result) => {
        if (isCut || this.#isOver) return;
        const message = messageOf(result);
        if (!message) {
          const passed = cursorIn(result.errors);
          // If no event was too large, then the errors say why the stream ended: the token has expired, or a message could not be made.
          return passed === null ? comeBack(result.errors ?? null) : this.#hand(result, passed, null);
        }
        const { cursor } = message;
        if (typeof cursor !== 'string') return this.#fail(new TypeError(NOT_RESUMABLE));
        if (this.#isBegunAnew(message)) return comeBack(BEGUN_ANEW);
        this.#hand(result, cursor, message);
      },
      error: comeBack,
      complete: () => {
        if (isCut || this.#isOver) return;
        if (this.#options.isDisposed?.()) this.#end(null);
        else comeBack(null);
      },
    });
  }

  stop(): void {
    this.#isOver = true;
    this.#cancel();
  }

  /** Whether another gateway in between began the subscription anew. */
  #isBegunAnew(message: ServerMessage): boolean {
    const { cursor } = message;
    switch (kindOf(message)) {
      case 'CaughtUp': {
        const isSecond = this.#hasCaughtUp;
        this.#hasCaughtUp = true;
        return isSecond;
      }
      case 'Gap':
        // After a gap the subscription goes on elsewhere in the log, where events may come again.
        this.#first = null;
        return false;
      case null:
        if (cursor === this.#first) return true;
        this.#first ??= cursor;
        return false;
    }
  }

  #hand(result: Result, cursor: string, message: ServerMessage | null): void {
    this.#after = cursor;
    this.#tries = 0;
    this.#options.onResult(result, cursor, message);
  }

  #fail(error: unknown): void {
    this.#end({ error });
  }

  #end(failure: { readonly error: unknown } | null): void {
    if (this.#isOver) return;
    this.stop();
    this.#options.onEnd(failure);
  }

  async #comeBack(error: unknown): Promise<void> {
    // The refusal is read first: the cancel would end the reading.
    const reason = await refusalIn(error);
    if (this.#isOver) return;
    this.#cancel();
    this.#tries += 1;
    const { shouldRetry, retries = Infinity, wait = backoff, onCut } = this.#options;
    const isWorthIt = judge(reason) ?? shouldRetry?.(reason) ?? true;
    if (!isWorthIt || this.#tries > retries) return this.#fail(reason);
    await onCut?.(reason);
    if (this.#isOver) return;
    this.#cancel = callWithin(wait(this.#tries), () => this.begin());
  }
}

const BEGUN_ANEW = new Error('A gateway in between began the subscription anew, from an old cursor.');

/** The value of the subscription's one field. Its name isn't known, since there are aliases and prefixes. */
export function messageOf({ data }: Result): ServerMessage | null {
  const values: unknown[] = Object.values(data ?? {});
  return (values.find((value) => typeof value === 'object' && value !== null) as ServerMessage | undefined) ?? null;
}

/** Whether a message is one of these two. Another gateway in between may put a prefix before the type's name. */
export function kindOf({ __typename = '' }: ServerMessage): 'CaughtUp' | 'Gap' | null {
  if (__typename.endsWith('CaughtUp')) return 'CaughtUp';
  return __typename.endsWith('Gap') ? 'Gap' : null;
}

/** Between half and all of 1, 2, 4 … 30 s: thousands of clients that lost the same gateway must not come back in the same moment. */
export function backoff(tries: number): number {
  return Math.min(1_000 * 2 ** (tries - 1), 30_000) * (0.5 + Math.random() / 2);
}

/** The error of graphql-sse has only the answer's status. The GraphQL errors are read from the answer's body. */
async function refusalIn(error: unknown): Promise<unknown> {
  const { response } = Object(error) as { response?: { json?: () => Promise<{ errors?: unknown }> } };
  try {
    const { errors } = (await response?.json?.()) ?? {};
    return Array.isArray(errors) ? errors : error;
  } catch {
    return error;
  }
}
