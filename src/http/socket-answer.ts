import type { WrittenAnswer } from '../graphql/answer.ts';
import type { Connection } from './connection.ts';

/**
 * Sends the answer to a query or mutation over a WebSocket: its bytes are those that all get who asked the same. graphql-ws, which would
 * write each by itself, holds this as a generator that yields nothing and ends when the kernel has taken the answer.
 */
export async function* sendOver(
  connection: Connection,
  id: string,
  { bytes }: WrittenAnswer,
): AsyncGenerator<never, void, void> {
  const prefix = Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`);
  await connection.send(Buffer.concat([prefix, bytes, CLOSING_BRACE]));
}

const CLOSING_BRACE = Buffer.from('}');
