import { wordFor } from '../words/word-for.ts';
import { useLabels } from '../words/use-labels.ts';
import { useWords } from '../words/words.tsx';
import type { Told } from './details-document.ts';
import type { ListedEvent } from './event.ts';
import { Answers, type Fact, Facts, MOST_LISTED, Money, Several, Times } from './facts.tsx';
import { labelOf, meaningOf } from './label.ts';
import { Personal } from './personal.tsx';
import { Reach } from './reach.tsx';
import { spaced } from './type-name.ts';

/** Fields of a cancellation that the details show elsewhere. */
const SHOWN: ReadonlySet<string> = new Set(
  (
    'kind title reference customer canceledBy reason quantity status previousStatus startsAt endsAt timeZone refundExpected ' +
    'isScheduled'
  ).split(' '),
);
/** A number and its unit, shown as one fact. */
const SPANS: Readonly<Record<string, string>> = {
  'slot.durationCount': 'slot.durationUnit',
  'interval.count': 'interval.unit',
};

interface SaidProps {
  readonly row: ListedEvent;
  /** Facts that come before the others. */
  readonly first: readonly Fact[];
  /** The fields of the event, as the gateway gives them for any type. */
  readonly told: readonly Told[];
}

/** All fields of an event, each under its label. */
export function Said({ row: { kind, personalData, reference }, first, told }: SaidProps) {
  const words = useWords();
  const speech = { words, labels: useLabels() };
  const values = new Map(told.map(({ path, value }) => [path.join('.'), value]));
  const spans = Object.entries(SPANS).filter(([count, unit]) => values.has(count) && values.has(unit));
  const together = new Set(spans.map(([, unit]) => unit));
  const zone = values.get('timeZone') ?? values.get('slot.timeZone');
  /** Used to skip repeated facts: a slot repeats the times of its booking. */
  const known = new Set<string>();
  // Ids come last, since they are for people who look for something else by them.
  const facts = [...told.filter(isNoId), ...told.filter((fact) => !isNoId(fact))].flatMap((fact): Fact[] => {
    const name = fact.path.join('.');
    const { path, description } = fact;
    const label = labelOf(path, description, speech);
    const size = known.size;
    if (known.add(`${label} ${JSON.stringify(fact.value)}`).size === size || together.has(name)) return [];
    if (kind && (SHOWN.has(path[0]!) || (reference && fact.value === reference))) return [];
    const unit = values.get(wordFor(SPANS, name) ?? '');
    const said =
      typeof unit !== 'string' ? (
        <One
          key={name}
          {...fact}
          data={personalData}
          zone={PLACED.test(name) && typeof zone === 'string' ? zone : null}
        />
      ) : name === 'interval.count' ? (
        words.every(Number(fact.value), unit)
      ) : (
        words.duration(Number(fact.value), unit === 'DAY')
      );
    return [[label, said, description === label ? null : description]];
  });
  return <Facts title={words.factGroups.what} facts={[...first, ...facts]} />;
}

function isNoId({ path }: Told): boolean {
  return !/Ids?$/.test(path.at(-1) ?? '');
}

/** Times at which somebody has to be at a place. */
const PLACED = /(starts|ends)At$/i;

interface OneProps extends Pick<Told, 'type' | 'value' | 'isPersonal'> {
  readonly data: ListedEvent['personalData'];
  /** The time zone of the place. */
  readonly zone: string | null;
}

function One({ type, value, isPersonal, data, zone }: OneProps) {
  if (zone && typeof value === 'string') return <Times at={value} timeZone={zone} />;
  if (value === null) return <Personal value={null} data={data} />;
  if (type === 'JSON') return <Answers json={value} />;
  if (type === 'String' && isPersonal && typeof value === 'string') return <Personal value={value} data={data} />;
  return <Whatever value={value} type={type} />;
}

interface WhateverProps {
  readonly value: unknown;
  /** The type. Items of a list have none, so their form decides. */
  readonly type?: string;
}

/** A value in its most readable form. */
function Whatever({ value, type = '' }: WhateverProps) {
  const words = useWords();
  const speech = { words, labels: useLabels() };
  if (typeof value === 'boolean') return value ? words.said.yes : words.said.no;
  if (typeof value === 'string') return <Text value={value} type={type} />;
  if (Array.isArray(value)) return <List of={value} type={type} />;
  if (typeof value !== 'object' || value === null) return String(value);
  const { amount, currency, name, email, phone } = value as Readonly<Record<string, unknown>>;
  if (typeof amount === 'string' && typeof currency === 'string') return <Money amount={amount} currency={currency} />;
  if (type === 'Person') {
    const reach = [email, phone].filter(isText).map((one) => <Reach key={one} value={one} data="AVAILABLE" />);
    return <Several of={[...[name].filter(isText), ...reach]} />;
  }
  return (
    <dl className="answers">
      {Object.entries(value).map(([member, one]) => (
        <div key={member}>
          <dt>{labelOf([member], null, speech)}</dt>
          <dd>
            <Whatever value={one} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** The gateway's form of a time. */
const MOMENT = /^\d{4,6}-\d\d-\d\dT[\d:.]+Z$/;
const SCALAR = /^(|ID|String|JSON)$/;

function Text({ value, type }: { readonly value: string; readonly type: string }) {
  const words = useWords();
  const speech = { words, labels: useLabels() };
  if (type ? type.endsWith('Time') : MOMENT.test(value)) return <Times at={value} />;
  if (type === 'ActorType') return wordFor(speech.words.actors as Readonly<Record<string, string>>, value);
  const meaning = meaningOf(value, speech);
  // A value of another type is a word of an enum.
  return meaning ?? (SCALAR.test(type) ? <bdi>{value}</bdi> : spaced(value).toLowerCase());
}

function List({ of, type }: { readonly of: readonly unknown[]; readonly type: string }) {
  const words = useWords();
  const isFlat = of.every((item) => typeof item !== 'object');
  // An item may come twice, and the order never changes.
  // oxlint-disable-next-line react/no-array-index-key
  const items = of.slice(0, MOST_LISTED).map((item, index) => <Whatever key={index} value={item} type={type} />);
  if (isFlat) return <Several of={items} />;
  return (
    <ul>
      {items.map((item) => (
        <li key={item.key}>{item}</li>
      ))}
      {of.length > MOST_LISTED ? <li>{words.andMore(of.length - MOST_LISTED)}</li> : null}
    </ul>
  );
}
