import { CloseCode } from 'graphql-ws';
import type { Logger } from 'pino';
import type { OperationRequest } from '../execution/operation-request.ts';
import type { ConnectionLimits, OnLimit } from '../limits.ts';
import type { Lanes } from '../live/lanes.ts';
import { type ClientMessage, LONGEST_ID, readMessage } from './client-message.ts';
import type { SocketConnection } from './socket-connection.ts';

const INVALID = { code: CloseCode.BadRequest, reason: 'Invalid message received' };
const NOT_A_CLIENTS = { code: CloseCode.BadRequest, reason: 'Not a message of a client' };
const LONG_ID = { code: CloseCode.BadRequest, reason: `An operation's id may have ${LONGEST_ID} characters at most` };
const UNAUTHORIZED = { code: CloseCode.Unauthorized, reason: 'Unauthorized' };
const INIT_TWICE = { code: CloseCode.TooManyInitialisationRequests, reason: 'Too many initialisation requests' };
const INIT_TOO_LATE = { code: CloseCode.ConnectionInitialisationTimeout, reason: 'Connection initialisation timeout' };
const FAILED = { code: CloseCode.InternalServerError, reason: 'Internal server error' };

/** A message of so many bytes is read at once. One of 64 kB takes most of a millisecond, and a thousand sockets may send one. */
const SHORT = 4 * 1024;

export interface SocketProtocolOptions {
  /** Finds out who the client is. If it may not stay, the connection is closed, and the result is false. */
  readonly signIn: (connection: SocketConnection, authorization: string | undefined) => Promise<boolean>;
  readonly operations: {
    begin(connection: SocketConnection, id: string, request: OperationRequest): Promise<void>;
  };
  /** The queue in which long messages wait for their turn. */
  readonly reading: Lanes;
  readonly limits: Pick<ConnectionLimits, 'init'>;
  readonly onLimit: OnLimit;
  readonly logger: Logger;
}

/**
 * The server's side of `graphql-transport-ws` (https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md). One object serves
 * all WebSockets: the phase of each is a field of its connection, and no function is suspended for an idle one. The server of
 * graphql-ws keeps a dozen closures for each socket and an asynchronous function for each subscription, which was half of an idle
 * subscriber's memory. test/transports/socket-protocol.test.ts checks that this server does the same as that one.
 */
export class SocketProtocol {
  readonly #options: SocketProtocolOptions;

  constructor(options: SocketProtocolOptions) {
    this.#options = options;
  }

  /** Waits for `connection_init`, but no longer than `limits.init`. */
  opened(connection: SocketConnection): void {
    const { limits, onLimit } = this.#options;
    connection.waiting = setTimeout(() => {
      onLimit('init');
      connection.shut(INIT_TOO_LATE);
    }, limits.init);
  }

  /** Takes a client's messages in their order. */
  hear(connection: SocketConnection, data: Buffer): void {
    // Messages that come after the gateway sent its close get no answer, and none of them is kept.
    if (!connection.isOpen) return;
    if (data.length <= SHORT && !connection.hasUnread) return this.#read(connection, data);
    connection.waits();
    void this.#options.reading.run(async () => {
      connection.hasTurn();
      this.#read(connection, data);
    });
  }

  #read(connection: SocketConnection, data: Buffer): void {
    // The gateway may have sent its close since the message came.
    if (!connection.isOpen) return;
    const said = understood(data);
    switch (said?.kind) {
      case undefined:
        return connection.shut(INVALID);
      case 'init':
        return this.#init(connection, said.authorization);
      case 'subscribe':
        return this.#subscribe(connection, said.id, said.request);
      case 'complete':
        return connection.running.giveUp(said.id);
      case 'ping':
        return connection.pong(said.payload);
      case 'pong':
        return;
      case 'foreign':
        return connection.shut(NOT_A_CLIENTS);
      case 'longId':
        this.#options.onLimit('operation_id');
        return connection.shut(LONG_ID);
    }
  }

  #init(connection: SocketConnection, authorization: string | undefined): void {
    if (connection.phase !== 'silent') return connection.shut(INIT_TWICE);
    connection.phase = 'signing in';
    connection.stopWaiting();
    this.#answer(connection, this.#acknowledge(connection, authorization));
  }

  async #acknowledge(connection: SocketConnection, authorization: string | undefined): Promise<void> {
    if (!(await this.#options.signIn(connection, authorization))) return;
    connection.phase = 'acknowledged';
    await connection.send('{"type":"connection_ack"}');
  }

  #subscribe(connection: SocketConnection, id: string, request: OperationRequest): void {
    if (connection.phase !== 'acknowledged') return connection.shut(UNAUTHORIZED);
    if (!connection.running.claim(id)) {
      return connection.shut({
        code: CloseCode.SubscriberAlreadyExists,
        reason: `Subscriber for ${id} already exists`,
      });
    }
    this.#answer(connection, this.#options.operations.begin(connection, id, request));
  }

  /** Closes the socket if its message failed. If the socket is gone, then the message failed for that reason alone. */
  #answer(connection: SocketConnection, answer: Promise<void>): void {
    answer.catch((error: unknown) => {
      if (!connection.isOpen) return;
      this.#options.logger.error({ err: error }, 'a WebSocket message failed');
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
