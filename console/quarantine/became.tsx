import { Link } from 'wouter';
import { mayRead } from '../gateway/claims.ts';
import { useSession } from '../gateway/gateway.tsx';
import { useQuery } from '../gateway/query.ts';
import { graphql } from '../gateway/graphql.ts';
import { EventRow, type ListedEvent, keyOf, titleOf } from '../parts/event.ts';
import { useWords } from '../words/words.tsx';
import type { Outcome } from './run.ts';

const NEWEST = graphql(
  `
    query NewestOf($sources: [String!]) {
      events(last: 100, filter: { sources: $sources }) {
        edges {
          node {
            ...EventRow
          }
        }
      }
    }
  `,
  [EventRow],
);

type Released = Extract<Outcome, { became: 'released' }>;

/** The released deliveries that became events, with links to the events. */
export function Became({ outcomes }: { readonly outcomes: readonly Released[] }) {
  const { signedIn } = useSession();
  // A person who may decide may still lack the right to read events.
  return signedIn && mayRead(signedIn.claims) ? <Found outcomes={outcomes} /> : null;
}

function Found({ outcomes }: { readonly outcomes: readonly Released[] }) {
  const { quarantine } = useWords();
  const sources = [...new Set(outcomes.map(({ delivery }) => delivery.source))];
  const { data } = useQuery(NEWEST, { sources });
  if (!data) return null;
  const found = new Map(data.events.edges.map(({ node }) => [keyOf(node), node as ListedEvent]));
  return (
    <ul className="outcomes">
      {outcomes.map(({ delivery: { id, source, type }, eventId }) => {
        const node = eventId === null ? undefined : found.get(keyOf({ source, eventId }));
        return (
          <li key={id}>
            {node === undefined ? (
              quarantine.otherEvent(type ?? quarantine.noType)
            ) : (
              <>
                {titleOf(node) ?? node.type}:{' '}
                <Link href={`/events?${new URLSearchParams({ source, open: node.id }).toString()}`}>
                  {quarantine.seeInFeed}
                </Link>
              </>
            )}
          </li>
        );
      })}
    </ul>
  );
}
