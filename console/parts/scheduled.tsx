import { graphql } from '../gateway/graphql.ts';
import { useQuery } from '../gateway/query.ts';
import { useSpeech } from '../words/words.tsx';
import type { ListedEvent } from './event.ts';
import { dateFormat } from './moment.tsx';

const BECAME = graphql(`
  query Became($filter: EventFilter) {
    events(last: 100, filter: $filter) {
      edges {
        node {
          __typename
          superseded
          occurredAt
          ... on SubscriptionCancellation {
            isScheduled
            endsAt
          }
          ... on SubscriptionChange {
            subscriptionChange
            endsAt
          }
        }
      }
    }
  }
`);

const WHEN = { dateStyle: 'medium', timeStyle: 'short' } as const;

interface ScheduledProps {
  readonly row: ListedEvent;
  /** The subject. Null if the gateway doesn't know it. */
  readonly subject: string | null;
}

/** The present state of a cancellation that was scheduled when it arrived: it may stand, be undone, or be done. */
export function Scheduled({ row, subject }: ScheduledProps) {
  const { language, words } = useSpeech();
  const filter = { sources: [row.source], tenants: [row.tenant.id], subjects: subject ? [subject] : [] };
  const { data } = useQuery(BECAME, { filter });
  const became = data?.events.edges
    .map(({ node }) => node)
    .findLast(
      (node) =>
        !node.superseded &&
        (node.__typename === 'SubscriptionCancellation' ||
          (node.__typename === 'SubscriptionChange' && node.subscriptionChange !== 'CANCELLATION_EXPLAINED')),
    );
  const when = (at: string) => dateFormat(language, WHEN).format(Date.parse(at));
  const { undone, ended, ends } = words.became;
  let note = words.scheduledAdvice;
  if (became?.__typename === 'SubscriptionCancellation' && !became.isScheduled) note = ended(when(became.occurredAt));
  else if (became?.__typename === 'SubscriptionChange' && became.subscriptionChange === 'CANCELLATION_UNDONE')
    note = undone(when(became.occurredAt));
  else if (became && 'endsAt' in became && became.endsAt) note = `${note} ${ends(when(became.endsAt))}`;
  return <p className="note">{note}</p>;
}
