import { graphql } from '../gateway/graphql.ts';
import { request } from '../gateway/request.ts';
import type { Session } from '../gateway/session.ts';
import { type ListedEvent, EventRow } from '../parts/event.ts';
import type { feedFilterOf } from '../feed/pages.ts';
import { type ExportedEvent, exportedOf } from '../../src/export/exported-event.ts';

/** The most that the gateway returns at once. */
const PAGE = 100;

const Exported = graphql(
  `
    fragment Exported on EventEdge @_unmask {
      cursor
      worth {
        amount
        currency
      }
      values
      node {
        ...EventRow
        origin
        occurredAtText
      }
    }
  `,
  [EventRow],
);

const WITHOUT_PEOPLE = graphql(
  `
    query ExportPage($last: Int!, $before: String, $filter: EventFilter) {
      events(last: $last, before: $before, filter: $filter) {
        edges {
          ...Exported
        }
        pageInfo {
          hasPreviousPage
          startCursor
        }
      }
    }
  `,
  [Exported],
);

/**
 * A document of its own instead of `@include`: the gateway checks the scope for every field of a document, and a token without it is
 * refused.
 */
const WITH_PEOPLE = graphql(
  `
    query ExportPageOfPeople($last: Int!, $before: String, $filter: EventFilter) {
      events(last: $last, before: $before, filter: $filter) {
        edges {
          ...Exported
          personalValues
        }
        pageInfo {
          hasPreviousPage
          startCursor
        }
      }
    }
  `,
  [Exported],
);

/** An event in its exported form, and as the list shows it. The filter and the words use the second form. */
export interface ExportedRow {
  readonly event: ExportedEvent;
  readonly node: ListedEvent;
}

export interface ExportPage {
  /** Newest first, as in the list. */
  readonly rows: readonly ExportedRow[];
  /** The cursor of the next page. Null after the last page. */
  readonly next: string | null;
}

/** The page of events older than a cursor, or the newest page if it is null. */
export async function exportPage(
  session: Session,
  filter: ReturnType<typeof feedFilterOf>,
  before: string | null,
  { people, signal }: { readonly people: boolean; readonly signal: AbortSignal },
): Promise<ExportPage> {
  const variables = { last: PAGE, before, filter };
  const { edges, pageInfo } = people
    ? (await request(session, WITH_PEOPLE, variables, signal)).events
    : (await request(session, WITHOUT_PEOPLE, variables, signal)).events;
  const rows = edges.toReversed().map((edge): ExportedRow => {
    const { node } = edge;
    const exported = { personalValues: null, ...edge, node: { ...node, typename: node.__typename } };
    return { event: exportedOf(exported, { people, raw: false }), node };
  });
  return { rows, next: pageInfo.hasPreviousPage ? (pageInfo.startCursor ?? null) : null };
}
