import { useEffect, useReducer, useState, useSyncExternalStore } from 'react';
import { identityOf } from '../gateway/claims.ts';
import { useGateway } from '../gateway/gateway.tsx';
import { useRequest } from '../gateway/query.ts';
import { graphql } from '../gateway/graphql.ts';
import { usePolling } from '../gateway/polling.ts';
import { TOKEN_AT_FAULT, toGatewayError } from '../gateway/request.ts';
import { type Delivery, DeliveryRow } from './delivery.ts';
import { type Decided, type Decision, Run, type RunView } from './run.ts';

/** How often the number of waiting deliveries is loaded, in milliseconds. */
const EVERY = 10_000;
/** The highest number that is shown exactly. */
const COUNTED = 20;

const WAITING = graphql(`
  query WaitingCount($first: Int!) {
    quarantine(first: $first) {
      edges {
        cursor
      }
      pageInfo {
        hasNextPage
      }
    }
  }
`);

const RELEASE = graphql(
  `
    mutation Release($id: ID!) {
      decided: releaseQuarantined(id: $id) {
        ...DeliveryRow
      }
    }
  `,
  [DeliveryRow],
);

const DISCARD = graphql(
  `
    mutation Discard($id: ID!) {
      decided: discardQuarantined(id: $id) {
        ...DeliveryRow
      }
    }
  `,
  [DeliveryRow],
);

/** Where an operator decides. A running decision continues while other pages are open. */
export interface Desk {
  /** The number of waiting deliveries, as a text: "3", "20+". Null if there are none, or if it is unknown. */
  readonly waiting: string | null;
  /** The newest decision, until it is dismissed. */
  readonly run: RunView | null;
  /** Counts the finished decisions. */
  readonly rounds: number;
  readonly begin: (decision: Decision, deliveries: readonly Delivery[]) => void;
  readonly stop: () => void;
  readonly dismiss: () => void;
}

export function useDesk(isOperator: boolean): Desk {
  const [run, setRun] = useState<Run | null>(null);
  const [rounds, onEnd] = useReducer((rounds: number) => rounds + 1, 0);
  const decide = useDecide();
  useEffect(() => () => run?.stop(), [run]);
  const view = useSyncExternalStore(run?.subscribe ?? nothingChanges, () => run?.view ?? null);
  return {
    waiting: useWaiting(isOperator, rounds),
    run: view,
    rounds,
    begin: (decision, deliveries) => setRun(new Run({ decision, deliveries, decide, onEnd })),
    stop: () => run?.stop(),
    dismiss: () => setRun(null),
  };
}

function useDecide(): (decision: Decision, id: string) => Promise<Decided> {
  const { session } = useGateway();
  const ask = useRequest();
  return async (decision, id) => {
    const document = decision === 'release' ? RELEASE : DISCARD;
    const who = session.view.signedIn;
    for (;;) {
      try {
        return (await ask(document, { id })).decided;
      } catch (error) {
        if (!TOKEN_AT_FAULT.includes(toGatewayError(error).code)) throw error;
        // With a new token the decision continues. For another person it does not, since they decided nothing.
        await session.renewal();
        const { signedIn } = session.view;
        if (!who || !signedIn || identityOf(signedIn.claims) !== identityOf(who.claims)) throw error;
      }
    }
  };
}

function useWaiting(isOperator: boolean, rounds: number): string | null {
  const ask = useRequest();
  const { session } = useGateway();
  const [waiting, setWaiting] = useState<string | null>(null);
  const [polls, poll] = useReducer((polls: number) => polls + 1, 0);
  usePolling(poll, EVERY);
  useEffect(() => {
    if (!isOperator || session.view.stale) return;
    let isOver = false;
    const count = async () => {
      const { edges, pageInfo } = (await ask(WAITING, { first: COUNTED })).quarantine;
      if (isOver) return;
      setWaiting(edges.length === 0 ? null : `${edges.length}${pageInfo.hasNextPage ? '+' : ''}`);
    };
    // The count is an extra, and the pages show errors themselves.
    count().catch(() => {});
    return () => {
      isOver = true;
    };
  }, [ask, session, isOperator, rounds, polls]);
  return waiting;
}

const nothingChanges = () => () => {};
