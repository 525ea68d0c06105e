import { useEffect, useMemo, useState } from 'react';
import { CONNECTING, type Condition, conditionAfter } from '../gateway/condition.ts';
import { useGateway } from '../gateway/gateway.tsx';
import { type Asked, useQuery } from '../gateway/query.ts';
import { stream } from '../gateway/stream.ts';
import { erased, keyOf } from '../parts/event.ts';
import { inOrder } from './chapters.ts';
import { ABOUT_PERSON, MOST, OF_SUBJECT, type StoryEvent, TOLD } from './story-document.ts';

/** How long new events are gathered before the story is loaded again, in milliseconds. */
const GATHERED = 300;

interface Answer {
  readonly events: {
    readonly head: string;
    readonly pageInfo: { readonly hasPreviousPage: boolean };
    readonly edges: readonly { readonly node: StoryEvent }[];
  };
}

/** The events of one subject, live. */
export function useSubjectStory(tenant: string | null, subject: string) {
  const filter = useMemo(() => ({ subjects: [subject], ...(tenant && { tenants: [tenant] }) }), [tenant, subject]);
  return useGoingOn(useQuery(OF_SUBJECT, { filter, last: MOST }), filter, null);
}

/** The events of one person, live, for viewers who may read personal data. */
export function usePersonStory(email: string) {
  return useGoingOn(useQuery(ABOUT_PERSON, { email, last: MOST }), ANYTHING, email.toLowerCase());
}

const ANYTHING = {};

/** @param email asks anew only if an event is about this address; null asks anew for every event. */
function useGoingOn({ data, error, again }: Asked<Answer>, filter: object, email: string | null) {
  const { client, session } = useGateway();
  const [condition, setCondition] = useState<Condition>(CONNECTING);
  /**
   * Events that were erased since, each by its `keyOf`. Their data disappears at once, and not only when the gateway has answered again.
   */
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set());
  const head = data?.events.head;
  const known = useMemo(() => new Set(data?.events.edges.map(({ node }) => node.subject)), [data]);
  useEffect(() => {
    if (head === undefined) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = stream(client, session, {
      document: TOLD,
      variables: { filter },
      after: head,
      onMessage: (message) => {
        if (message.__typename === 'CaughtUp') return;
        if (message.__typename === 'Erasure') {
          const { source, eventIds } = message;
          setGone((last) => new Set([...last, ...eventIds.map((eventId) => keyOf({ source, eventId }))]));
        }
        if (email !== null && 'node' in message) {
          const { node } = message;
          const theirs = 'inBrief' in node ? node.inBrief.person?.email?.toLowerCase() : undefined;
          if (theirs !== email && !(node.subject && known.has(node.subject))) return;
        }
        clearTimeout(timer);
        timer = setTimeout(again, GATHERED);
      },
      onState: (state, reason) => setCondition((last) => conditionAfter(last, state, reason)),
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [client, session, head, filter, email, known, again]);
  const events = useMemo(() => {
    const nodes = data?.events.edges.map(({ node }) => node) ?? [];
    return inOrder(nodes.map((node) => (gone.has(keyOf(node)) ? erased(node) : node)));
  }, [data, gone]);
  return {
    events,
    isCut: data?.events.pageInfo.hasPreviousPage ?? false,
    isLoaded: data !== null,
    condition,
    error,
    again,
    gone,
  };
}
