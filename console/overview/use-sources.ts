import type { ResultOf } from 'gql.tada';
import { useQuery } from '../gateway/query.ts';
import { graphql } from '../gateway/graphql.ts';
import { usePolling } from '../gateway/polling.ts';

const SOURCES = graphql(`
  query Sources {
    sources {
      name
      provider
      isSigned
      lastEventAt
      silence {
        since
        expected
      }
      reconciliation {
        webhook
      }
      answers {
        outcome
        lastAt
        lastHour
        lastDay
      }
    }
  }
`);

export type Source = ResultOf<typeof SOURCES>['sources'][number];
export type Outcome = NonNullable<Source['answers']>[number]['outcome'];

/** In the order in which they are shown. */
export const OUTCOMES: readonly Outcome[] = [
  'ACCEPTED',
  'DUPLICATE',
  'IGNORED',
  'QUARANTINED',
  'PONG',
  'UNAUTHORISED',
  'REFUSED',
  'PAUSED',
  'UNAVAILABLE',
];

const EVERY = 10_000;

/** The sources and their state, loaded every ten seconds while the page is visible. */
export function useSources() {
  const asked = useQuery(SOURCES, {});
  usePolling(asked.again, EVERY);
  return asked;
}
