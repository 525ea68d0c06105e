import { useSpeech } from '../words/words.tsx';
import type { Cancellation } from './cancellation.ts';
import type { DetailedCancellation } from './details-document.ts';
import { Facts, Times, Value } from './facts.tsx';
import { Personal } from './personal.tsx';
import { Raw } from './raw.tsx';
import { Reach } from './reach.tsx';
import { Refund } from './refund.tsx';
import { Scheduled } from './scheduled.tsx';
import { typedFacts } from './typed-facts.tsx';

interface DetailsFactsProps {
  /** What the list has of it. */
  readonly row: Cancellation;
  /** Everything, once it is there. */
  readonly found: DetailedCancellation | null;
}

/** The facts in the order that people ask for them: the refund, who, when, what, and where it came from. */
export function DetailsFacts({ row, found }: DetailsFactsProps) {
  const { words } = useSpeech();
  const { facts } = words;
  const { personalData } = row;
  const personal = (value: string | null | undefined) => <Personal value={value} data={personalData} />;
  const own = { timeZone: found?.timeZone ?? null, written: found?.occurredAtText ?? '' };
  return (
    <>
      <p className="details-kind">
        <span className="kind">{words.kinds[row.kind]}</span> <Refund expected={row.refundExpected} />
      </p>
      <p>{words.refundSaid(row.refundExpected, row.provider)}</p>
      {row.isScheduled ? <Scheduled row={row} subject={found?.subject ?? null} /> : null}
      {row.superseded ? <p className="note">{words.supersededAdvice}</p> : null}
      {personalData === 'AVAILABLE' ? null : (
        <p className="note">{personalData === 'WITHHELD' ? words.withheldAdvice : words.erasedAdvice}</p>
      )}
      <Facts
        title={words.factGroups.who}
        facts={[
          [facts.canceledBy, <CanceledBy key="by" row={row} found={found} />],
          [facts.customer, personal(row.customer?.name)],
          [facts.email, <Reach key="email" value={row.customer?.email} data={personalData} />],
          [facts.phone, found && <Reach key="phone" value={found.customer?.phone} data={personalData} />],
          [facts.reason, found && personal(found.reason)],
        ]}
      />
      <Facts
        title={words.factGroups.when}
        facts={[
          [facts.occurredAt, <Times key="at" at={row.occurredAt} {...own} />],
          [facts.receivedAt, <Received key="received" row={row} />],
          [facts.startsAt, found?.startsAt && <Times key="starts" at={found.startsAt} {...own} />],
          [facts.endsAt, found?.endsAt && <Times key="ends" at={found.endsAt} {...own} />],
        ]}
      />
      <Facts
        title={words.factGroups.what}
        facts={[
          [
            facts.reference,
            row.reference ?? (row.kind === 'TICKET' && personalData !== 'AVAILABLE' ? personal(null) : null),
          ],
          [facts.quantity, found?.quantity],
          [facts.status, found?.status && <Change key="status" from={found.previousStatus} to={found.status} />],
          ...(found ? typedFacts(found, words) : []),
        ]}
      />
      <Facts
        title={words.factGroups.origin}
        facts={[
          [facts.tenant, <Tenant key="tenant" {...row.tenant} />],
          [facts.source, row.source],
          [facts.provider, row.provider === row.source ? null : row.provider],
          [facts.type, <code key="type">{row.type}</code>],
        ]}
      />
      {found ? <Raw key={personalData} id={row.id} isErased={personalData === 'ERASED'} /> : null}
    </>
  );
}

/** Who did it, and who that is where it is known. */
function CanceledBy({ row, found }: DetailsFactsProps) {
  const { words } = useSpeech();
  const { type } = row.canceledBy;
  if (type === 'UNKNOWN') return <span className="absent">{words.notSaidBy(row.provider)}</span>;
  const person = type === 'CUSTOMER' ? row.customer?.name : type === 'BUSINESS' ? row.tenant.name : null;
  const { actorId: id, name } = found?.canceledBy ?? {};
  return (
    <>
      {words.actors[type]}
      {name || person ? (
        <>
          : <bdi>{name || person}</bdi>
        </>
      ) : null}
      {id ? <span className="whose">{id}</span> : null}
    </>
  );
}

function Tenant({ id, name }: Cancellation['tenant']) {
  if (!name) return <bdi>{id}</bdi>;
  return (
    <>
      <bdi>{name}</bdi> (<bdi>{id}</bdi>)
    </>
  );
}

/** When it came, and how long after. */
function Received({ row }: { readonly row: Cancellation }) {
  const { words } = useSpeech();
  const after = Date.parse(row.receivedAt) - Date.parse(row.occurredAt);
  return (
    <>
      <Times at={row.receivedAt} />
      <span className="note">{words.times.later(after)}</span>
    </>
  );
}

/** A status, and what it was before. */
function Change({ from, to }: { readonly from: string | null; readonly to: string }) {
  return (
    <>
      {from && from !== to ? (
        <>
          <Value of={from} /> →{' '}
        </>
      ) : null}
      <Value of={to} />
    </>
  );
}
