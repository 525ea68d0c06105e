import { mayPass } from '../errors.ts';
import type { WrittenResult } from '../execution/written-result.ts';
import type { SerializedMessage } from '../live/message.ts';
import type { StreamForm } from './streamed-response.ts';

const HEAD = 'content-type: application/json\r\n\r\n';
/** A client hands on a part once it has read the delimiter behind it, so the delimiter follows each part at once. */
const DELIMITER = '\r\n--graphql';
const BEFORE = Buffer.from(`\r\n${HEAD}{"payload":`);
const BEHIND = Buffer.from(`}${DELIMITER}`);
/** The end of the last delimiter. With it a stream is over. Without it, Apollo's client takes the stream for cut off. */
const CLOSE = '--\r\n';

/**
 * Multipart subscriptions, which the HTTP links of Apollo's clients speak: each message is a part. A client comes back (in the web
 * with its retry link) after a part with `"payload": null`, and after an end without the closing delimiter. It does not come back
 * after errors in a payload.
 * https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol
 */
export const MULTIPART: StreamForm = {
  transport: 'multipart',
  contentType: 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0',
  opening: DELIMITER,
  heartbeat: partOf('{}'),

  size: ({ bytes }) => BEFORE.length + bytes.length + BEHIND.length,

  put({ bytes }: SerializedMessage, into: Buffer, at: number): number {
    const next = at + BEFORE.copy(into, at);
    const end = next + bytes.copy(into, next);
    return end + BEHIND.copy(into, end);
  },

  whole: (answer) => (isForNow(answer) ? lastOf(answer.errors) : partOf(`{"payload":${String(answer.bytes)}}`) + CLOSE),

  last: lastOf,
};

/** Whether the answer is a refusal that another try may not meet. */
function isForNow({ hasData, errors }: WrittenResult): boolean {
  return !hasData && errors.some(({ extensions }) => mayPass(extensions['code']));
}

function lastOf(errors: WrittenResult['errors']): string {
  return partOf(JSON.stringify({ payload: null, errors })) + CLOSE;
}

function partOf(json: string): string {
  return `\r\n${HEAD}${json}${DELIMITER}`;
}
