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
  // A comment. An empty line behind it would be an event without data to `@microsoft/fetch-event-source` (2.0.1).
  heartbeat: ':\n',

  size: ({ id, bytes }) => HEAD.length + bytes.length + tailOf(id).length,

  put({ id, bytes }: SerializedMessage, into: Buffer, at: number): number {
    const next = at + into.write(HEAD, at, 'latin1');
    const end = next + bytes.copy(into, next);
    return end + into.write(tailOf(id), end, 'latin1');
  },

  whole: ({ bytes }) => `${nextOf(String(bytes))}event: complete\ndata: \n\n`,

  last: (errors) => nextOf(JSON.stringify({ errors })),
};

const HEAD = 'event: next\ndata: ';

/**
 * The id comes behind the data. Some clients take an id as soon as its line has come (`@microsoft/fetch-event-source` 2.0.1,
 * `extended-eventsource` 2.1.0, `eventsource` 2.0.2), so that a connection that is cut within the data would cost them the event.
 */
function tailOf(id: string): string {
  return `\nid: ${id}\n\n`;
}

function nextOf(json: string): string {
  return `${HEAD}${json}\n\n`;
}
