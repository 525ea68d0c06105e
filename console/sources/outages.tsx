import { useSession } from '../gateway/gateway.tsx';
import { graphql } from '../gateway/graphql.ts';
import { usePolling } from '../gateway/polling.ts';
import { useQuery } from '../gateway/query.ts';
import { Silent } from './silent.tsx';
import { SwitchedOff } from './switched-off.tsx';

const OUTAGES = graphql(`
  query Outages {
    sources {
      name
      silence {
        since
        expected
      }
      reconciliation {
        webhook
      }
    }
  }
`);

const EVERY = 60_000;

interface OutagesProps {
  /** In milliseconds since 1970. */
  readonly now: number;
}

/** Tells operators on the pages that they look at first why events may be missing from them. */
export function Outages({ now }: OutagesProps) {
  const { signedIn } = useSession();
  return signedIn?.claims.scopes.has('ops') ? <OutagesNow now={now} /> : null;
}

function OutagesNow({ now }: OutagesProps) {
  const { data, again } = useQuery(OUTAGES, {});
  usePolling(again, EVERY);
  return (data?.sources ?? []).map(({ name, silence, reconciliation }) => {
    if (reconciliation?.webhook === 'OFF') return <SwitchedOff key={name} source={name} />;
    return silence ? <Silent key={name} source={name} silence={silence} now={now} /> : null;
  });
}
