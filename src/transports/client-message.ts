import { MessageType, validateMessage } from 'graphql-ws';
import type { OperationRequest } from '../execution/operation-request.ts';
import { authorizationIn } from './authorization.ts';
import { withText } from './operation.ts';

/** The most characters of an operation's id. It is kept while the operation runs, and is part of each of its frames. */
export const LONGEST_ID = 128;

/** A client's message. */
export type ClientMessage =
  | { readonly kind: 'init'; readonly authorization: string | undefined }
  | { readonly kind: 'subscribe'; readonly id: string; readonly request: OperationRequest }
  | { readonly kind: 'complete'; readonly id: string }
  | { readonly kind: 'ping'; readonly payload: unknown }
  /** A pong needs no answer. */
  | { readonly kind: 'pong' }
  /** A message that only a server may send. */
  | { readonly kind: 'foreign' }
  | { readonly kind: 'longId' };

/**
 * Reads a message, and keeps only what matters here: a message of 64 kB can take more than a megabyte once it is parsed.
 *
 * @throws {Error} if it is no message of the protocol.
 */
export function readMessage(text: string): ClientMessage {
  const message = validateMessage(withText(JSON.parse(text)));
  switch (message.type) {
    case MessageType.Subscribe: {
      if (message.id.length > LONGEST_ID) return { kind: 'longId' };
      const { query, documentId, id, operationName, variables, extensions } = message.payload as OperationRequest;
      return {
        kind: 'subscribe',
        id: message.id,
        request: { query, documentId, id, operationName, variables, extensions },
      };
    }
    case MessageType.ConnectionInit:
      return { kind: 'init', authorization: authorizationIn(message.payload) };
    case MessageType.Complete:
      return { kind: 'complete', id: message.id };
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
