import { useEffect, useReducer, useState } from 'react';
import { useSession } from '../gateway/gateway.tsx';
import { useRequest } from '../gateway/query.ts';
import { graphql } from '../gateway/graphql.ts';
import { usePolling } from '../gateway/polling.ts';
import { type GatewayError, toGatewayError } from '../gateway/request.ts';
import { type Delivery, DeliveryRow, type State, kindOf } from './delivery.ts';

const PAGE = 100;
/** How often the page looks for more deliveries, in milliseconds. */
const EVERY = 10_000;

const DELIVERIES = graphql(
  `
    query Deliveries($first: Int!, $after: String, $state: QuarantineState!) {
      quarantine(first: $first, after: $after, state: $state) {
        edges {
          cursor
          node {
            ...DeliveryRow
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  `,
  [DeliveryRow],
);

type Ask = ReturnType<typeof useRequest>;

interface Found {
  readonly deliveries: readonly Delivery[];
  /** The cursor of the next page. Null if there is none. */
  readonly rest: string | null;
}

/** Deliveries of a state, oldest first, page by page. */
async function* pagesOf(ask: Ask, state: State, from: string | null): AsyncGenerator<Found> {
  let after = from;
  do {
    const { quarantine } = await ask(DELIVERIES, { first: PAGE, after, state });
    const { edges, pageInfo } = quarantine;
    const first = after;
    const deliveries = edges.map(({ node }, index) => ({ ...node, before: edges[index - 1]?.cursor ?? first }));
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    yield { deliveries, rest: after };
  } while (after !== null);
}

export interface Deliveries {
  readonly found: Found | null;
  readonly error: GatewayError | null;
  readonly again: () => void;
  /** Shows one more page. */
  readonly more: () => void;
  /** Returns all waiting deliveries of this kind, even those that are not shown. @throws {GatewayError}. */
  readonly allOf: (key: string) => Promise<readonly Delivery[]>;
}

/** The deliveries of a state, loaded again every ten seconds and after every decision. */
export function useDeliveries(state: State, rounds: number): Deliveries {
  const ask = useRequest();
  const { stale } = useSession();
  const [found, setFound] = useState<Found | null>(null);
  const [error, setError] = useState<GatewayError | null>(null);
  const [shown, more] = useReducer((pages: number) => pages + 1, 1);
  const [polls, again] = useReducer((polls: number) => polls + 1, 0);
  usePolling(again, EVERY);
  useEffect(() => {
    if (stale) return;
    let isOver = false;
    const load = async () => {
      let all: readonly Delivery[] = [];
      let pages = 0;
      for await (const { deliveries, rest } of pagesOf(ask, state, null)) {
        if (isOver) return;
        all = [...all, ...deliveries];
        pages += 1;
        if (pages < shown && rest !== null) continue;
        setFound({ deliveries: all, rest });
        setError(null);
        return;
      }
    };
    load().catch((error: unknown) => {
      if (!isOver) setError(toGatewayError(error));
    });
    return () => {
      isOver = true;
    };
  }, [ask, state, stale, shown, polls, rounds]);
  const rest = found?.rest ?? null;
  const allOf = async (key: string) => {
    let all = found?.deliveries ?? [];
    if (rest !== null) for await (const page of pagesOf(ask, state, rest)) all = [...all, ...page.deliveries];
    return all.filter((delivery) => kindOf(delivery) === key);
  };
  return { found, error, again, more, allOf };
}
