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

export interface Stretch {
  readonly filter: Readonly<Record<string, unknown>>;
  /** The cursor after which the export begins. If it is null, it begins with the oldest event. */
  readonly after: string | null;
  /** The cursor of the last event that it may have. */
  readonly head: string;
}

/** The log's present head. */
export async function headOf(operations: Operations): Promise<string> {
  return (await operations.ask<{ events: { head: string } }>(HEAD)).events.head;
}

/** The position in the log of the event with this cursor. */
export function positionOf(cursor: string): number {
  return decodeCursor(cursor).seq;
}

/**
 * The events that match a filter, page by page, up to a head. Later events are left out, so that the export of a busy log ends.
 *
 * @throws {CommandError} if the token may not see the requested data, or if the log was replaced meanwhile.
 */
export async function* pagesOf(
  operations: Operations,
  { filter, after: start, head }: Stretch,
  parts: ExportedParts,
): AsyncGenerator<readonly ExportedEvent[]> {
  const end = positionOf(head);
  const document = pageOf(parts);
  for (let after = start; ;) {
    const { edges, pageInfo } = await read(operations, document, { filter, after }, start);
    const isWithin = edges.length > 0 && positionOf(edges.at(-1)!.cursor) <= end;
    const within = isWithin ? edges : edges.filter(({ cursor }) => positionOf(cursor) <= end);
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
  variables: { readonly filter: Stretch['filter']; readonly after: string | null },
  start: string | null,
): Promise<Answer['events']> {
  try {
    return (await operations.ask<Answer>(document, variables)).events;
  } catch (error) {
    if (!(error instanceof HookcastError) || error.code !== 'CURSOR_EXPIRED') throw error;
    if (variables.after === start) {
      throw new CommandError(
        'The log no longer has all events after this cursor: retention has passed it, or the log was replaced. Export without --after.',
      );
    }
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
