import { type CompleteMessage, type SubscribeMessage, MessageType, validateMessage } from 'graphql-ws';
import type { OperationRequest } from '../graphql/operations.ts';
import { authorizationIn } from './authorization.ts';
import { withText } from './operation.ts';

/** Characters of an operation's id. It is kept while the operation runs, and stands in each of its frames. */
export const LONGEST_ID = 128;

/** What a client may say. `protocol` are the messages that graphql-ws answers, and all that it gets to know of them. */
export type ClientMessage =
  | { readonly kind: 'protocol'; readonly message: object }
  | { readonly kind: 'ping'; readonly payload: unknown }
  /** It needs no answer. */
  | { readonly kind: 'pong' }
  /** A server's message, which no client sends. */
  | { readonly kind: 'foreign' }
  | { readonly kind: 'longId' };

/**
 * The payload of a `subscribe` as graphql-ws keeps it for as long as the operation runs. The request itself is taken out
 * of it when the operation is opened, and is gone after that.
 */
export class Asked {
  readonly query = '';
  #request: OperationRequest | null;

  constructor(request: OperationRequest) {
    this.#request = request;
  }

  /** Once. */
  take(): OperationRequest {
    const request = this.#request;
    this.#request = null;
    if (!request) throw new Error('an operation was opened twice');
    return request;
  }
}

/**
 * Reads a message, and takes from it only what matters here. graphql-ws holds a whole message, and the text that it was
 * read from, until its operation is over; a message of 64 kB can be more than a megabyte once it is parsed.
 *
 * @throws {Error} when it is none of the protocol.
 */
export function readMessage(text: string): ClientMessage {
  const message = validateMessage(withText(JSON.parse(text)));
  switch (message.type) {
    case MessageType.Subscribe:
      return message.id.length > LONGEST_ID ? { kind: 'longId' } : toProtocol(slimSubscribe(message));
    case MessageType.ConnectionInit: {
      const authorization = authorizationIn(message.payload);
      return toProtocol({ type: message.type, payload: authorization === undefined ? {} : { authorization } });
    }
    case MessageType.Complete:
      return toProtocol({ type: message.type, id: message.id } satisfies CompleteMessage);
    case MessageType.Ping:
      return { kind: 'ping', payload: message.payload };
    case MessageType.Pong:
      return { kind: 'pong' };
    case MessageType.ConnectionAck:
    case MessageType.Next:
    case MessageType.Error:
      return { kind: 'foreign' };
  }
}

function toProtocol(message: object): ClientMessage {
  return { kind: 'protocol', message };
}

function slimSubscribe({ type, id, payload }: SubscribeMessage): object {
  const { query, documentId, id: named, operationName, variables, extensions } = payload as OperationRequest;
  return { type, id, payload: new Asked({ query, documentId, id: named, operationName, variables, extensions }) };
}
