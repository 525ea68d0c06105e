import { useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import { useSession } from '../gateway/gateway.tsx';
import { dateFormat } from '../parts/moment.tsx';
import { textFolded } from '../parts/filter.ts';
import { Failure, Notice } from '../parts/notice.tsx';
import { Personal } from '../parts/personal.tsx';
import { personOf, storyOf } from '../parts/story-address.ts';
import { StreamBadge } from '../parts/stream-badge.tsx';
import { useSpeech } from '../words/words.tsx';
import { type Ticket, ticketsOf } from './missing.ts';
import { useTickets } from './use-tickets.ts';

/** The holders of tickets that are not checked in. */
export function Door() {
  const { words } = useSpeech();
  const { door } = words;
  const [search, setSearch] = useSearchParams();
  const { read, error, condition, again } = useTickets();
  const all = read ? ticketsOf(read.events) : [];
  const occasions = [...new Set(all.map(({ occasion }) => occasion))].filter(Boolean).toSorted();
  const wanted = occasions.find((occasion) => occasion === search.get('occasion')) ?? null;
  const tickets = wanted ? all.filter(({ occasion }) => occasion === wanted) : all;
  const missing = tickets.filter(({ isIn }) => !isIn);
  const mayKnow = useSession().signedIn?.claims.scopes.has('pii:read') ?? false;
  // It isn't in the address, which goes through chats.
  const [name, setName] = useState('');
  const found = name ? missing.filter(({ holder }) => isNamed(holder, name)) : missing;
  return (
    <section className="page scrolls door" aria-labelledby="page-title">
      <header className="page-head">
        <h1 id="page-title">{door.title}</h1>
        <StreamBadge condition={condition} />
        {occasions.length > 1 ? (
          <label className="occasion">
            <span>{door.occasion}</span>
            <select
              value={wanted ?? ''}
              onChange={({ target: { value } }) =>
                setSearch(value ? new URLSearchParams({ occasion: value }) : '', { replace: true })
              }
            >
              <option value="">{door.every}</option>
              {occasions.map((occasion) => (
                <option key={occasion}>{occasion}</option>
              ))}
            </select>
          </label>
        ) : null}
      </header>
      {error ? <Failure error={error} again={again} /> : null}
      {read || error ? null : <p className="loading">{words.loading}</p>}
      {read && tickets.length > 0 ? (
        <p className="came">{door.came(tickets.length - missing.length, tickets.length)}</p>
      ) : null}
      {read && missing.length === 0 ? (
        <Notice title={tickets.length > 0 ? door.everybody : door.nobody}>
          <p>{door.advice}</p>
        </Notice>
      ) : null}
      {mayKnow && missing.length > 1 ? (
        <input
          type="search"
          className="find"
          aria-label={door.find}
          placeholder={door.find}
          value={name}
          onChange={({ target }) => setName(target.value)}
        />
      ) : null}
      {found.length === 0 && missing.length > 0 ? <p role="status">{door.unfound}</p> : null}
      {found.length > 0 ? (
        <ul className="card tickets" aria-label={door.list}>
          {found.map((ticket) => (
            <Missing key={ticket.tenant + ticket.subject} ticket={ticket} />
          ))}
        </ul>
      ) : null}
      {read?.isCut ? <p className="note">{door.cut(read.events.length)}</p> : null}
    </section>
  );
}

/** Whether each word is in the holder's name or address. */
function isNamed(holder: Ticket['holder'], name: string): boolean {
  const known = textFolded(`${holder?.name ?? ''} ${holder?.email ?? ''}`);
  return textFolded(name)
    .split(/\s+/)
    .every((word) => known.includes(word));
}

function Missing({ ticket }: { readonly ticket: Ticket }) {
  const { words, language } = useSpeech();
  const { signedIn } = useSession();
  const { holder, personalData, event, place } = ticket;
  const day = dateFormat(language, { day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' });
  const who = <Personal value={holder?.name ?? holder?.email} data={personalData} />;
  const mayKnow = signedIn?.claims.scopes.has('pii:read') && holder?.email;
  return (
    <li>
      <span className="who">{mayKnow ? <Link href={personOf(event, place)}>{who}</Link> : who}</span>
      <Link className="what" href={storyOf(ticket.tenant, ticket.subject)}>
        <bdi>{ticket.occasion || words.untitled}</bdi>
      </Link>
      <span className="note">
        {ticket.ticketName ? <bdi>{ticket.ticketName}, </bdi> : null}
        {words.door.sold} {day.format(Date.parse(ticket.soldAt))}
      </span>
    </li>
  );
}
