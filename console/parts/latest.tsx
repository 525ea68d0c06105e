import { Link } from 'wouter';
import { graphql } from '../gateway/graphql.ts';
import { useQuery } from '../gateway/query.ts';
import { useSpeech } from '../words/words.tsx';
import { EventRow } from './event.ts';
import { dateFormat } from './moment.tsx';
import { eventName } from './type-name.ts';

const LATEST = graphql(
  `
    query Latest {
      events(last: 1) {
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

const NONE = {};

/** Shown with an empty list: the last event that arrived, so that nobody takes a strict filter for a gateway that receives nothing. */
export function Latest() {
  const { words, language } = useSpeech();
  const { data } = useQuery(LATEST, NONE);
  const [edge] = data?.events.edges ?? [];
  if (!edge) return null;
  const { id, receivedAt } = edge.node;
  const when = dateFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(Date.parse(receivedAt));
  return (
    <p>
      <Link href={`/events?open=${encodeURIComponent(id)}`}>{words.arrived(eventName(edge.node, words), when)}</Link>
    </p>
  );
}
