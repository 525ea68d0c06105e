import { graphql } from '../gateway/graphql.ts';
import { request } from '../gateway/request.ts';
import type { Session } from '../gateway/session.ts';
import { type ListedEvent, EventRow } from '../parts/event.ts';
import type { feedFilterOf } from '../feed/pages.ts';
import { type ExportedEvent, exportedOf } from '../../src/export/exported-event.ts';

/** As many as the gateway gives at once. */
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

/** Another document, and not one with `@include`: what stands in a document is asked for, and a token without the scope may not. */
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

/** An event as it is exported, and as it is listed: by that it is looked through, and said in words. */
export interface ExportedRow {
  readonly event: ExportedEvent;
  readonly node: ListedEvent;
}

export interface ExportPage {
  /** Newest first, as they are listed. */
  readonly rows: readonly ExportedRow[];
  /** Beside which the next page lies; null after the last. */
  readonly next: string | null;
}

/** The page of older ones beside a cursor; beside nothing, the newest. */
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
