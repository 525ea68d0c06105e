import { useEffect, useState } from 'react';
import { identityOf } from '../gateway/claims.ts';
import { useGateway, useSession } from '../gateway/gateway.tsx';
import { graphql } from '../gateway/graphql.ts';
import { request } from '../gateway/request.ts';
import type { Session } from '../gateway/session.ts';
import type { Words } from '../words/en.ts';
import { type Asked, askedBy } from './asked-by.ts';
import { EventRow, peopleOf } from './event.ts';
import { personOf, storyOf } from './story-address.ts';
import { subjectNameOf } from './subject-name.tsx';

const BY_SUBJECT = graphql(`
  query BySubject($filter: EventFilter) {
    events(last: 20, filter: $filter) {
      edges {
        node {
          subject
          tenant {
            id
          }
          inBrief {
            title
          }
        }
      }
    }
  }
`);

const BY_ADDRESS = graphql(
  `
    query ByAddress($email: String!) {
      eventsAbout(email: $email, last: 1) {
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

/** What the gateway finds by the exact text. */
export type Found =
  | { readonly is: 'subject'; readonly tenant: string; readonly subject: string; readonly title: string | null }
  | { readonly is: 'person'; readonly email: string; readonly event: string; readonly place: number };

/** How long typing must pause before the gateway is asked, in milliseconds. */
const TYPED = 300;
const NOTHING: readonly Found[] = [];

/** What the gateway finds by the typed text. Null while it is loading. */
export function useFound(text: string): readonly Found[] | null {
  const { session } = useGateway();
  const { signedIn } = useSession();
  const asked = askedBy(text, signedIn?.claims.scopes.has('pii:read') ?? false);
  const key = asked && signedIn ? JSON.stringify([identityOf(signedIn.claims), asked]) : null;
  const [found, setFound] = useState<{ readonly key: string; readonly all: readonly Found[] } | null>(null);
  useEffect(() => {
    if (key === null) return;
    const [, wanted] = JSON.parse(key) as [string, Asked];
    const abort = new AbortController();
    const timer = setTimeout(() => {
      find(session, wanted, abort.signal).then(
        (all) => setFound({ key, all }),
        // If the gateway can't be asked, nothing is found, and typing goes on.
        () => abort.signal.aborted || setFound({ key, all: NOTHING }),
      );
    }, TYPED);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [session, key]);
  if (key === null) return NOTHING;
  return found?.key === key ? found.all : null;
}

async function find(session: Session, wanted: Asked, signal: AbortSignal): Promise<readonly Found[]> {
  if ('email' in wanted) {
    const { email } = wanted;
    const { edges } = (await request(session, BY_ADDRESS, { email }, signal)).eventsAbout;
    return edges.flatMap(({ node }): Found[] => {
      const place = peopleOf(node).findIndex((one) => one.email?.toLowerCase() === email.toLowerCase());
      return place === -1 ? [] : [{ is: 'person', email, event: node.id, place }];
    });
  }
  const { edges } = (await request(session, BY_SUBJECT, { filter: wanted }, signal)).events;
  const subjects = new Map<string, Found>();
  for (const { node } of edges) {
    const { subject, tenant, inBrief } = node;
    if (!subject) continue;
    const key = `${tenant.id} ${subject}`;
    const known = subjects.get(key);
    const title = inBrief.title ?? (known?.is === 'subject' ? known.title : null);
    subjects.set(key, { is: 'subject', tenant: tenant.id, subject, title });
  }
  return [...subjects.values()];
}

/** The name and the link of what the gateway found. */
export function placeOf(found: Found, words: Words): { readonly name: string; readonly href: string } {
  if (found.is === 'person')
    return { name: words.palette.personOf(found.email), href: personOf(found.event, found.place) };
  const { tenant, subject, title } = found;
  const name = subjectNameOf(subject, words);
  return { name: title ? `${name} · ${title}` : name, href: storyOf(tenant, subject) };
}
