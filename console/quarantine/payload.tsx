import { useEffect, useState } from 'react';
import { useGateway } from '../gateway/gateway.tsx';
import { useQuery } from '../gateway/query.ts';
import { graphql } from '../gateway/graphql.ts';
import { Failure } from '../parts/notice.tsx';
import { useWords } from '../words/words.tsx';
import type { Delivery } from './delivery.ts';

const PAYLOAD = graphql(`
  query Payload($after: String) {
    quarantine(first: 1, after: $after) {
      edges {
        node {
          id
          payload
        }
      }
    }
  }
`);
/** How long the page says that something was copied, in milliseconds. */
const SAID = 2_000;

interface PayloadProps {
  readonly delivery: Delivery;
}

/** The payload as it was sent, for people who may see it. It is loaded when it is opened, since it contains personal data. */
export function Payload({ delivery }: PayloadProps) {
  const words = useWords();
  const { session } = useGateway();
  const scopes = session.view.signedIn?.claims.scopes;
  const lacking = ['raw:read', 'pii:read'].filter((scope) => !scopes?.has(scope));
  if (lacking.length > 0) return <p className="absent">{words.quarantine.payloadWithheld(lacking)}</p>;
  return <Loaded delivery={delivery} />;
}

function Loaded({ delivery }: PayloadProps) {
  const words = useWords();
  const { data, error, again } = useQuery(PAYLOAD, { after: delivery.before });
  if (error) return <Failure error={error} again={again} />;
  if (!data) return <p className="note">{words.loading}</p>;
  const node = data.quarantine.edges.map(({ node }) => node).find(({ id }) => id === delivery.id);
  if (node?.payload === undefined || node.payload === null) {
    return <p className="absent">{words.quarantine.payloadGone}</p>;
  }
  const text = JSON.stringify(node.payload, null, 2);
  return (
    <div className="payload">
      <Copy text={text} />
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be within reach of the keyboard */}
      <section tabIndex={0} aria-label={words.quarantine.payloadOf(delivery.id)}>
        <pre>{text}</pre>
      </section>
    </div>
  );
}

function Copy({ text }: { readonly text: string }) {
  const words = useWords();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SAID);
    return () => clearTimeout(timer);
  }, [copied]);
  // Browsers have no clipboard for pages that come over plain HTTP from another machine.
  if (!('clipboard' in navigator)) return null;
  return (
    <button type="button" onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}>
      <output>{copied ? words.copied : words.copy}</output>
    </button>
  );
}
