import { useId } from 'react';
import { Link } from 'wouter';
import { Ago } from '../overview/ago.tsx';
import { useWords } from '../words/words.tsx';
import { AnsweredHours } from './answered-hours.tsx';
import { CopyUrl } from './copy-url.tsx';
import { RecentDeliveries } from './recent-deliveries.tsx';
import { Reconciled } from './reconciled.tsx';
import { Silent } from './silent.tsx';
import { SourceActions } from './source-actions.tsx';
import type { Source } from './use-operations.ts';

interface SourceCardProps {
  readonly source: Source;
  /** In milliseconds since 1970. */
  readonly now: number;
  readonly again: () => void;
}

export function SourceCard({ source, now, again }: SourceCardProps) {
  const { sources: words, overview } = useWords();
  const id = useId();
  const { name, provider, lastEventAt, silence, operations } = source;
  if (!operations) return null;
  const { url, path, secret, handshakeAt, drift, refused, pause, hours, deliveries } = operations;
  const waiting = hours.reduce((sum, { outcome, count }) => sum + (outcome === 'QUARANTINED' ? count : 0), 0);
  return (
    <section className="card source-card" aria-labelledby={id} data-source={name}>
      <header>
        <h2 id={id}>
          {name} {name === provider ? null : <span className="note">{provider}</span>}
        </h2>
        <p className={pause ? 'source-state paused' : 'source-state'}>{pause ? words.paused : words.running}</p>
      </header>
      {pause ? (
        <p className="note">
          {words.pausedSince} <Ago at={pause.at} now={now} />
          {pause.reason ? `: ${pause.reason}` : ''}
        </p>
      ) : null}
      {silence ? <Silent source={name} silence={silence} now={now} /> : null}
      <CopyUrl url={url ?? new URL(path, location.origin).href} isCertain={url !== null} />
      <dl className="source-facts">
        <div>
          <dt>{words.secret}</dt>
          <dd className={secret === 'SET' || secret === 'BROUGHT' ? undefined : 'serious'}>
            {words.secrets[secret]}
            {handshakeAt ? (
              <>
                {' '}
                <Ago at={handshakeAt} now={now} />
              </>
            ) : null}
          </dd>
        </div>
        <div>
          <dt>{overview.latestEvent}</dt>
          <dd>{lastEventAt ? <Ago at={lastEventAt} now={now} /> : overview.noEvent}</dd>
        </div>
        <div>
          <dt>{words.drift}</dt>
          <dd>{words.fields(drift)}</dd>
        </div>
        {refused > 0 ? (
          <div>
            <dt>{words.refused}</dt>
            <dd className="serious">{words.deliveries(refused)}</dd>
          </div>
        ) : null}
        {waiting > 0 ? (
          <div>
            <dt>{words.toQuarantine}</dt>
            <dd>
              <Link href="/quarantine">{words.deliveries(waiting)}</Link>
            </dd>
          </div>
        ) : null}
        <Reconciled source={source} now={now} />
      </dl>
      <SourceActions source={name} operations={operations} again={again} />
      <AnsweredHours hours={hours} now={now} />
      <RecentDeliveries deliveries={deliveries} now={now} />
    </section>
  );
}
