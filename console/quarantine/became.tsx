import { Link } from 'wouter';
import { mayRead } from '../gateway/claims.ts';
import { useSession } from '../gateway/gateway.tsx';
import { useQuery } from '../gateway/query.ts';
import { graphql } from '../gateway/graphql.ts';
import { useWords } from '../words/words.tsx';
import type { Outcome } from './run.ts';

const NEWEST = graphql(`
  query NewestOf($sources: [String!]) {
    cancellations(last: 100, filter: { sources: $sources }) {
      edges {
        node {
          id
          eventId
          source
          title
        }
      }
    }
  }
`);

type Released = Extract<Outcome, { became: 'released' }>;

/** What became events: with a way to the cancellations among them, which are the newest now. */
export function Became({ outcomes }: { readonly outcomes: readonly Released[] }) {
  const { signedIn } = useSession();
  // Who may decide need not be who may see events.
  return signedIn && mayRead(signedIn.claims) ? <Found outcomes={outcomes} /> : null;
}

function Found({ outcomes }: { readonly outcomes: readonly Released[] }) {
  const { quarantine, untitled } = useWords();
  const sources = [...new Set(outcomes.map(({ delivery }) => delivery.source))];
  const { data } = useQuery(NEWEST, { sources });
  if (!data) return null;
  const found = new Map(data.cancellations.edges.map(({ node }) => [`${node.source} ${node.eventId}`, node]));
  return (
    <ul className="outcomes">
      {outcomes.map(({ delivery: { id, source, type }, eventId }) => {
        const node = found.get(`${source} ${eventId}`);
        return (
          <li key={id}>
            {node === undefined ? (
              quarantine.otherEvent(type ?? quarantine.noType)
            ) : (
              <>
                {node.title ?? untitled}:{' '}
                <Link href={`/live?${new URLSearchParams({ source, open: node.id }).toString()}`}>
                  {quarantine.seeInLive}
                </Link>
              </>
            )}
          </li>
        );
      })}
    </ul>
  );
}
