import { Suspense, lazy } from 'react';
import { Link, useLocation } from 'wouter';
import { useSpeech } from '../words/words.tsx';
import type { DetailedEvent, Told } from './details-document.ts';
import { type ListedEvent, amountOf, happenedOf } from './event.ts';
import { type Fact, Facts, Times, Value } from './facts.tsx';
import { Icon } from './icon.tsx';
import { writtenMoney } from './money.ts';
import { happeningName, typeName } from './type-name.ts';
import { Personal } from './personal.tsx';
import { Raw } from './raw.tsx';
import { Reach } from './reach.tsx';
import { Refund } from './refund.tsx';
import { storyOf } from './story-address.ts';
import { subjectNameOf } from './subject-name.tsx';
import { Scheduled } from './scheduled.tsx';

/** Loaded apart with the names of all fields of all types, which only details need. */
const Said = lazy(() => import('./said.tsx').then(({ Said }) => ({ default: Said })));

interface DetailsFactsProps {
  /** The event as the list has it. */
  readonly row: ListedEvent;
  /** The whole event, once it is loaded. */
  readonly found: DetailedEvent | null;
  readonly told: readonly Told[];
}

/** The facts in the order in which people ask for them: the refund, the person, the time, the thing, and the origin. */
export function DetailsFacts({ row, found, told }: DetailsFactsProps) {
  const { words, language } = useSpeech();
  const { facts } = words;
  const [happened, amount] = [happenedOf(row), amountOf(row)];
  const { personalData, refundExpected } = row;
  const personal = (value: string | null | undefined) => <Personal value={value} data={personalData} />;
  const own = { timeZone: found?.timeZone ?? null, written: found?.occurredAtText ?? '' };
  const first: readonly Fact[] = row.kind
    ? [
        [
          facts.reference,
          row.reference ?? (row.kind === 'TICKET' && personalData !== 'AVAILABLE' ? personal(null) : null),
        ],
        [facts.quantity, found?.quantity],
        [facts.status, found?.status && <Change key="status" from={found.previousStatus ?? null} to={found.status} />],
      ]
    : [];
  return (
    <>
      <p className="details-kind">
        <span className={`happened ${happened}`}>
          <span className="chip-of">
            <Icon of={happened} /> {happeningName(row, words)}
          </span>
        </span>{' '}
        {amount ? <strong>{writtenMoney(language, amount)}</strong> : null}{' '}
        <span className="kind">{row.kind ? words.kinds[row.kind] : typeName(row.__typename, words)}</span>{' '}
        {refundExpected === undefined ? null : <Refund expected={refundExpected} />}
      </p>
      {refundExpected === undefined ? null : <p>{words.refundSaid(refundExpected, row.provider)}</p>}
      {row.isScheduled ? <Scheduled row={row} subject={found?.subject ?? null} /> : null}
      <ToStory row={row} />
      {row.superseded ? <p className="note">{words.supersededAdvice}</p> : null}
      {personalData === 'AVAILABLE' ? null : (
        <p className="note">{personalData === 'WITHHELD' ? words.withheldAdvice : words.erasedAdvice}</p>
      )}
      <Facts
        title={words.factGroups.who}
        facts={
          // In other events, the facts about people stand with the rest.
          row.kind === undefined
            ? []
            : [
                [facts.canceledBy, <CanceledBy key="by" row={row} found={found} />],
                [facts.customer, personal(row.customer?.name)],
                [facts.email, <Reach key="email" value={row.customer?.email} data={personalData} />],
                [facts.phone, found && <Reach key="phone" value={found.customer?.phone} data={personalData} />],
                [facts.reason, found && personal(found.reason)],
              ]
        }
      />
      <Facts
        title={words.factGroups.when}
        facts={[
          [row.kind ? facts.occurredAt : facts.happenedAt, <Times key="at" at={row.occurredAt} {...own} />],
          [facts.receivedAt, <Received key="received" row={row} />],
          [facts.startsAt, found?.startsAt && <Times key="starts" at={found.startsAt} {...own} />],
          [facts.endsAt, found?.endsAt && <Times key="ends" at={found.endsAt} {...own} />],
        ]}
      />
      <Suspense fallback={<Facts title={words.factGroups.what} facts={first} />}>
        <Said row={row} first={first} told={told} />
      </Suspense>
      <Facts
        title={words.factGroups.origin}
        facts={[
          [facts.tenant, <Tenant key="tenant" {...row.tenant} />],
          [facts.source, row.source],
          [facts.provider, row.provider === row.source ? null : row.provider],
          [facts.named, <code key="type">{row.type}</code>],
        ]}
      />
      {found ? <Raw key={personalData} id={row.id} isErased={personalData === 'ERASED'} /> : null}
    </>
  );
}

/** A link to the story of the event's subject, unless this is the story. */
function ToStory({ row: { tenant, subject } }: { readonly row: ListedEvent }) {
  const { words } = useSpeech();
  const [location] = useLocation();
  if (!subject || location === '/story') return null;
  return (
    <p>
      <Link href={storyOf(tenant.id, subject)}>{words.story.open(subjectNameOf(subject, words))}</Link>
    </p>
  );
}

/** Who canceled, and which person that is if it is known. */
function CanceledBy({ row, found }: Omit<DetailsFactsProps, 'told'>) {
  const { words } = useSpeech();
  const type = row.canceledBy?.type ?? 'UNKNOWN';
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

function Tenant({ id, name }: ListedEvent['tenant']) {
  if (!name) return <bdi>{id}</bdi>;
  return (
    <>
      <bdi>{name}</bdi> (<bdi>{id}</bdi>)
    </>
  );
}

/** When the event was received, and how long after it happened. */
function Received({ row }: { readonly row: ListedEvent }) {
  const { words } = useSpeech();
  const after = Date.parse(row.receivedAt) - Date.parse(row.occurredAt);
  return (
    <>
      <Times at={row.receivedAt} />
      <span className="note">{words.times.later(after)}</span>
    </>
  );
}

/** A status and the one before it. */
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
