import type { ResultOf } from 'gql.tada';
import { useState } from 'react';
import { graphql } from '../gateway/graphql.ts';
import { usePolling } from '../gateway/polling.ts';
import { useQuery, useRequest } from '../gateway/query.ts';
import { type GatewayError, toGatewayError } from '../gateway/request.ts';

const OPERATIONS = graphql(`
  query SourceOperations {
    sources {
      name
      provider
      lastEventAt
      isReconciled
      silence {
        since
        expected
      }
      reconciliation {
        completedAt
        runAt
        trouble
        webhook
        missed {
          type
          count
        }
      }
      operations {
        url
        path
        secret
        handshakeAt
        drift
        refused
        samples
        pause {
          at
          reason
        }
        hours {
          from
          outcome
          count
        }
        deliveries {
          at
          requestId
          outcome
          code
          status
          type
          verify
          normalise
          append
          total
          isSample
          headers {
            name
            value
          }
        }
      }
    }
  }
`);

const PAUSE = graphql(`
  mutation Pause($source: String!) {
    pauseSource(source: $source) {
      at
    }
  }
`);

const RESUME = graphql(`
  mutation Resume($source: String!) {
    resumeSource(source: $source)
  }
`);

const SAMPLE = graphql(`
  mutation Sample($source: String!, $event: String!) {
    sendSample(source: $source, event: $event) {
      status
      eventId
    }
  }
`);

const REFUSED = graphql(`
  query Refused($source: String!) {
    refused(first: 100, source: $source) {
      edges {
        node {
          id
        }
      }
    }
  }
`);

const ADMIT = graphql(`
  mutation Admit($id: ID!) {
    admitRefused(id: $id) {
      isAdmitted
    }
  }
`);

export type Source = ResultOf<typeof OPERATIONS>['sources'][number];
export type Operations = NonNullable<Source['operations']>;
export type Delivery = Operations['deliveries'][number];

const EVERY = 5_000;

/** The sources as operators see them, loaded every five seconds while the page is visible. */
export function useOperations() {
  const asked = useQuery(OPERATIONS, {});
  usePolling(asked.again, EVERY);
  return asked;
}

/** The actions of an operator on a source. */
export function useActs(again: () => void) {
  const ask = useRequest();
  const [error, setError] = useState<GatewayError | null>(null);
  const [isActing, setActing] = useState(false);
  const act = async <T>(work: () => Promise<T>): Promise<T | null> => {
    setActing(true);
    setError(null);
    try {
      return await work();
    } catch (thrown) {
      setError(toGatewayError(thrown));
      return null;
    } finally {
      setActing(false);
      again();
    }
  };
  return {
    error,
    isActing,
    pause: (source: string) => act(() => ask(PAUSE, { source })),
    resume: (source: string) => act(() => ask(RESUME, { source })),
    /** Checks the oldest hundred kept deliveries again. Returns how many were recorded, and how many are still refused. */
    admit: (source: string) =>
      act(async () => {
        const outcome = { admitted: 0, refused: 0 };
        for (const { node } of (await ask(REFUSED, { source })).refused.edges) {
          const { isAdmitted } = (await ask(ADMIT, { id: node.id })).admitRefused;
          outcome[isAdmitted ? 'admitted' : 'refused'] += 1;
        }
        return outcome;
      }),
    sendSample: (source: string, event: string) => act(async () => (await ask(SAMPLE, { source, event })).sendSample),
  };
}
