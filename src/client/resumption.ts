import { type Documented, NOT_RESUMABLE, toSubscribed } from './document.ts';
import { cursorIn, judge } from './refusal.ts';
import { callWithin } from './silence.ts';

/** What a client is asked for. Apollo, urql and Relay give it a text; `query` may also be a document's tree. */
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

/** What the clients of graphql-ws and of graphql-sse have in common. */
export interface Subscribing {
  subscribe(request: never, sink: Sink): () => void;
}

/** What a subscription sends. */
export interface ServerMessage {
  readonly __typename?: string;
  readonly cursor: string;
}

export interface ResumptionOptions {
  /** A message, or an event that was too large for one, where `message` is null. */
  readonly onResult: (result: Result, cursor: string, message: ServerMessage | null) => void;
  /** It was cut off, and is to be tried again. What it returns is waited for before the pause begins. */
  readonly onCut?: (reason: unknown) => unknown;
  /** It is over: with what makes another try useless, or with null if its client was disposed of. Called once, and not after `stop`. */
  readonly onEnd: (failure: { readonly error: unknown } | null) => void;
  /** Whether the client was disposed of, where that shows. A gateway has no reason to complete a subscription. */
  readonly isDisposed?: () => boolean;
  /** Asked about an error that hookcast doesn't know. Without it, such errors are tried again. */
  readonly shouldRetry?: ((error: unknown) => boolean) | undefined;
  /** How many tries in vain, one after the other, end it. */
  readonly retries?: number | undefined;
  /** How long to wait after the nth try in vain, in milliseconds. */
  readonly wait?: ((tries: number) => number) | undefined;
}

/**
 * One subscription over all its tries: each begins after the message that came last, so that every message comes once.
 *
 * A gateway of others that stands between may begin the subscription anew by itself, with the variables that it was given: then
 * messages come twice, or some are missing, and nobody says so. It shows by a second `CaughtUp`, or by the first event coming again. The
 * try is given up then, for one with the right cursor.
 */
export class Resumption {
  readonly #client: Subscribing;
  readonly #request: Request;
  readonly #options: ResumptionOptions;
  #after: unknown;
  #tries = 0;
  #isOver = false;
  /** Of the request that was written last. */
  #hasCaughtUp = false;
  #first: string | null = null;
  /** Of the try that runs, or of the wait for the next. */
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
      // Read whenever the client writes the request, so that its own retries resume as well.
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
          // Otherwise the errors say why there is none: the token has expired, or the message could not be made.
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

  /** Whether somebody else began it anew. */
  #isBegunAnew(message: ServerMessage): boolean {
    const { cursor } = message;
    switch (kindOf(message)) {
      case 'CaughtUp': {
        const isSecond = this.#hasCaughtUp;
        this.#hasCaughtUp = true;
        return isSecond;
      }
      case 'Gap':
        // It goes on somewhere else, and says so.
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
    // Before the cancel, which would end the reading.
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

const BEGUN_ANEW = new Error('What stands between began the subscription anew, from where it once was.');

/** What the one field of a subscription sent. Aliases and prefixes give it other names. */
export function messageOf({ data }: Result): ServerMessage | null {
  const values: unknown[] = Object.values(data ?? {});
  return (values.find((value) => typeof value === 'object' && value !== null) as ServerMessage | undefined) ?? null;
}

/** What a message is that is no event. A gateway that stands between may put a prefix before its name. */
export function kindOf({ __typename = '' }: ServerMessage): 'CaughtUp' | 'Gap' | null {
  if (__typename.endsWith('CaughtUp')) return 'CaughtUp';
  return __typename.endsWith('Gap') ? 'Gap' : null;
}

/** Between half and all of 1, 2, 4 … 30 s: thousands who lost the same gateway must not come back in the same moment. */
export function backoff(tries: number): number {
  return Math.min(1_000 * 2 ** (tries - 1), 30_000) * (0.5 + Math.random() / 2);
}

/** graphql-sse says only the status of an answer; what the gateway says of it is still to be read. */
async function refusalIn(error: unknown): Promise<unknown> {
  const { response } = Object(error) as { response?: { json?: () => Promise<{ errors?: unknown }> } };
  try {
    const { errors } = (await response?.json?.()) ?? {};
    return Array.isArray(errors) ? errors : error;
  } catch {
    return error;
  }
}
