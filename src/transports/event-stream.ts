import type { SerializedMessage } from '../live/message.ts';
import type { StreamForm } from './streamed-response.ts';

/**
 * GraphQL over SSE in distinct connections: each result is a `next` with the cursor as its id. The stream of a single result ends with
 * `complete`. A subscription's does not, so that the client comes back. https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
 */
export const EVENT_STREAM: StreamForm = {
  transport: 'sse',
  contentType: 'text/event-stream; charset=utf-8',
  opening: '',
  // A comment of the event stream.
  heartbeat: ':\n\n',

  size: ({ id, bytes }) => headOf(id).length + bytes.length + 2,

  put({ id, bytes }: SerializedMessage, into: Buffer, at: number): number {
    const next = at + into.write(headOf(id), at, 'latin1');
    const end = next + bytes.copy(into, next);
    return end + into.write('\n\n', end, 'latin1');
  },

  whole: ({ bytes }) => `${nextOf(String(bytes))}event: complete\ndata: \n\n`,

  last: (errors) => nextOf(JSON.stringify({ errors })),
};

function headOf(id: string): string {
  return `event: next\nid: ${id}\ndata: `;
}

function nextOf(json: string): string {
  return `event: next\ndata: ${json}\n\n`;
}
