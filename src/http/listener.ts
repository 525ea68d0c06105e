import { CloseCode } from 'graphql-ws';
import type { Logger } from 'pino';
import type { Limited } from '../limits.ts';
import type { Lanes } from '../live/lanes.ts';
import { type ClientMessage, LONGEST_ID, readMessage } from './client-message.ts';
import type { Connection } from './connection.ts';

const INVALID = { code: CloseCode.BadRequest, reason: 'Invalid message received' };
const NOT_A_CLIENTS = { code: CloseCode.BadRequest, reason: 'Not a message of a client' };
const LONG_ID = { code: CloseCode.BadRequest, reason: `An operation's id may have ${LONGEST_ID} characters at most` };
const FAILED = { code: CloseCode.InternalServerError, reason: 'Internal server error' };

/** Bytes of a message that is read at once. One of 64 kB takes most of a millisecond, and a thousand sockets send theirs. */
const SHORT = 4 * 1024;

export interface ListenerOptions {
  readonly connection: Connection;
  /** graphql-ws, as it wants to be told of each message. */
  readonly receive: (message: string) => Promise<void>;
  /** Where long messages wait for their turn. */
  readonly reading: Lanes;
  readonly limited: Limited;
  readonly logger: Logger;
}

/** Hears what the client of one connection says, in its order, and hands on to graphql-ws what that answers. */
export class Listener {
  readonly #options: ListenerOptions;
  #unread = 0;

  constructor(options: ListenerOptions) {
    this.#options = options;
  }

  hear(data: Buffer): void {
    if (data.length <= SHORT && this.#unread === 0) return this.#read(data);
    this.#unread += 1;
    void this.#options.reading.run(async () => {
      this.#unread -= 1;
      this.#read(data);
    });
  }

  #read(data: Buffer): void {
    const { connection, limited } = this.#options;
    // What comes after the close was sent is nobody's to answer.
    if (!connection.isOpen) return;
    const said = understood(data);
    switch (said?.kind) {
      case undefined:
        return connection.shut(INVALID);
      case 'protocol':
        return this.#tell(said.message);
      case 'ping':
        return connection.pong(said.payload);
      case 'pong':
        return;
      case 'foreign':
        return connection.shut(NOT_A_CLIENTS);
      case 'longId':
        limited('operation_id');
        return connection.shut(LONG_ID);
    }
  }

  /** A message that is parsed already, which graphql-ws takes as well, though its type speaks of text alone. */
  #tell(message: object): void {
    const { connection, receive, logger } = this.#options;
    receive(message as unknown as string).catch((error: unknown) => {
      if (!connection.isOpen) return;
      logger.error({ err: error }, 'a WebSocket message failed');
      connection.shut(FAILED);
    });
  }
}

function understood(data: Buffer): ClientMessage | null {
  try {
    return readMessage(data.toString('utf8'));
  } catch {
    return null;
  }
}
