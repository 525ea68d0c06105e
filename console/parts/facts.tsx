import { Fragment, type ReactNode } from 'react';
import { wordFor } from '../words/word-for.ts';
import { useSpeech, useWords } from '../words/words.tsx';
import { dateFormat } from './moment.tsx';
import { ownTimeOf } from './own-time.ts';

/** A value under a label. A missing value is no fact. */
export type Fact = readonly [label: string, value: ReactNode, explanation?: string | null];

/** Labels and their values. A fact without a value is left out. */
export function Facts({ title, facts }: { readonly title?: string; readonly facts: readonly Fact[] }) {
  const said = facts.filter(([, value]) => value !== null && value !== undefined && value !== '' && value !== false);
  if (said.length === 0) return null;
  return (
    <section className="facts">
      {title ? <h3>{title}</h3> : null}
      <dl>
        {said.map(([label, value, explanation], index) => (
          // Two facts may have the same label, and their order never changes.
          // oxlint-disable-next-line react/no-array-index-key
          <div key={index}>
            <dt title={explanation ?? undefined}>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

const WHOLE = { dateStyle: 'medium', timeStyle: 'medium' } as const;

interface TimesProps {
  readonly at: string;
  /** The time zone that the event names. */
  readonly timeZone?: string | null;
  /** A time of the event, as the provider wrote it. */
  readonly written?: string;
}

/** A time in the viewer's zone and, if clocks differ there, in the zone where it happened. Each time has its zone. */
export function Times({ at, timeZone = null, written = '' }: TimesProps) {
  const { language, words } = useSpeech();
  const moment = Date.parse(at);
  if (Number.isNaN(moment)) return at;
  const own = ownTimeOf(at, timeZone, written);
  const yours = dateFormat(language, WHOLE).format(moment);
  const theirs = own && dateFormat(language, { ...WHOLE, timeZone: 'UTC' }).format(own.shifted);
  const isSame = own !== null && own.shifted === moment - new Date(moment).getTimezoneOffset() * 60_000;
  return (
    <>
      <time dateTime={at}>{yours}</time>
      <span className="whose">{own && isSame ? words.times.both(own.zone) : words.times.yours}</span>
      {own && !isSame ? (
        <>
          <time dateTime={at}>{theirs}</time>
          <span className="whose">
            {timeZone === own.zone ? words.times.theirs(own.zone) : words.times.written(own.zone)}
          </span>
        </>
      ) : null}
    </>
  );
}

/** An amount in its currency. If it is no number or no currency, it is shown as the provider wrote it. */
export function Money({ amount, currency }: { readonly amount: string; readonly currency: string }) {
  const { language } = useSpeech();
  try {
    // A text, since `format` is exact for texts and would round a number.
    return new Intl.NumberFormat(language, { style: 'currency', currency }).format(amount as `${number}`);
  } catch {
    return (
      <bdi>
        {amount} {currency}
      </bdi>
    );
  }
}

/** A word of a provider, translated if it is known. */
export function Value({ of }: { readonly of: string }) {
  return wordFor(useWords().values, of) ?? <bdi>{of}</bdi>;
}

/** The most items of a list that are shown, since a provider may send any number. The raw payload has all of them. */
export const MOST_LISTED = 200;

/** Several values of a provider in one line, each with its own direction of writing. */
export function Several({ of }: { readonly of: readonly ReactNode[] }) {
  const { andMore } = useWords();
  const rest = of.length - MOST_LISTED;
  return (
    <>
      {of.slice(0, MOST_LISTED).map((one, index) => (
        // A value may come twice, and the order never changes.
        // oxlint-disable-next-line react/no-array-index-key
        <Fragment key={index}>
          {index > 0 ? ', ' : null}
          <bdi>{one}</bdi>
        </Fragment>
      ))}
      {rest > 0 ? ` ${andMore(rest)}` : null}
    </>
  );
}

/** Any JSON: the answers to a form, an address. */
export function Answers({ json }: { readonly json: unknown }) {
  const { andMore } = useWords();
  if (typeof json !== 'object' || json === null) return <bdi>{String(json)}</bdi>;
  const entries = Object.entries(json);
  const rest = entries.length - MOST_LISTED;
  return (
    <>
      <dl className="answers">
        {entries.slice(0, MOST_LISTED).map(([name, value]) => (
          <div key={name}>
            <dt>
              <bdi>{name}</bdi>
            </dt>
            <dd>
              <bdi>{typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)}</bdi>
            </dd>
          </div>
        ))}
      </dl>
      {rest > 0 ? <span className="note">{andMore(rest)}</span> : null}
    </>
  );
}
