import { decodeCursor } from '../events/cursor.ts';
import { HookcastError } from '../errors.ts';
import { type ExportedEdge, type ExportedEvent, type ExportedParts, exportedOf } from '../export/exported-event.ts';
import type { Operations, PageOf } from './operations.ts';
import { CommandError } from './terminal.ts';

interface Answer {
  readonly events: Pick<PageOf<ExportedEdge['node']>, 'pageInfo'> & { readonly edges: readonly ExportedEdge[] };
}

const HEAD = 'query ExportHead { events(first: 0) { head } }';
/**
 * The document has only the requested fields, and no `@include`: every field in a document is read, and counts as read in the
 * audit.
 */
const pageOf = ({ people, raw }: ExportedParts) => `query Export($after: String, $filter: EventFilter) {
  events(first: 100, after: $after, filter: $filter) {
    edges {
      cursor worth { amount currency } values ${people ? 'personalValues' : ''}
      node {
        typename: __typename id provider source type eventId tenant { id } subject occurredAt occurredAtText receivedAt origin
        superseded personalData ${raw ? 'raw' : ''}
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}`;

/**
 * The events that match a filter, page by page, up to the log's present head. Later events are left out, so that the export of
 * a busy log ends.
 *
 * @throws {CommandError} if the token may not see the requested data, or if the log was replaced meanwhile.
 */
export async function* pagesOf(
  operations: Operations,
  filter: Readonly<Record<string, unknown>>,
  parts: ExportedParts,
): AsyncGenerator<readonly ExportedEvent[]> {
  const head = decodeCursor((await operations.ask<{ events: { head: string } }>(HEAD)).events.head);
  const document = pageOf(parts);
  for (let after: string | null = null; ;) {
    const { edges, pageInfo } = await read(operations, document, { filter, after });
    const within = edges.filter(({ cursor }) => decodeCursor(cursor).seq <= head.seq);
    if (within.length > 0) yield within.map((edge) => exported(edge, parts));
    if (!pageInfo.hasNextPage || within.length < edges.length) return;
    // An end without an error here would look like the end of the log.
    if (pageInfo.endCursor === null)
      throw new CommandError('The gateway has more events, but sent no cursor to go on from. Export again.');
    after = pageInfo.endCursor;
  }
}

async function read(
  operations: Operations,
  document: string,
  variables: Readonly<Record<string, unknown>>,
): Promise<Answer['events']> {
  try {
    return (await operations.ask<Answer>(document, variables)).events;
  } catch (error) {
    if (!(error instanceof HookcastError) || error.code !== 'CURSOR_EXPIRED') throw error;
    throw new CommandError(
      'The following events were deleted: retention has passed them, or the log was replaced. Export again.',
    );
  }
}

function exported(edge: ExportedEdge, { people, raw }: ExportedParts): ExportedEvent {
  const { node } = edge;
  if (people && node.personalData === 'WITHHELD') {
    throw new CommandError(
      'Personal data needs a token with the scope pii:read. Ask for such a token, or leave out --people.',
    );
  }
  // Every event whose payload is neither withheld nor erased has one.
  if (raw && node.raw === null && node.personalData !== 'ERASED') {
    throw new CommandError(
      'Payloads need a token with the scopes raw:read and pii:read. Ask for such a token, or leave out --raw.',
    );
  }
  return exportedOf(edge, { people, raw });
}
