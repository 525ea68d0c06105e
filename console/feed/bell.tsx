import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { useSearch } from 'wouter';
import { type Row, amountOf, happenedOf } from '../parts/event.ts';
import { writtenMoney } from '../parts/money.ts';
import { eventName } from '../parts/type-name.ts';
import { useSpeech } from '../words/words.tsx';
import { keepBells, readBells } from './bells.ts';
import { placeless } from './saved-views.tsx';
import { Chime, MOST_TOLD, askToTell, mayTell, tell } from './tell.ts';

interface BellProps {
  /** Newest first. */
  readonly rows: readonly Row[];
  /** How many have come that are not among them, since somebody reads further down. */
  readonly waiting: number;
}

/** Tells of what is new in this view: by a notification, and if it is wanted by a sound. Nobody is asked for anything until it is chosen. */
export function Bell({ rows, waiting }: BellProps) {
  const { words, language } = useSpeech();
  const search = placeless(useSearch());
  const [bells, setBells] = useState(readBells);
  const [permission, setPermission] = useState(mayTell);
  const [chime] = useState(() => new Chime());
  const bell = bells.find((one) => one.search === search) ?? null;
  const say = (news: readonly Row[], count: number) => {
    if (bell?.isLoud || permission !== 'granted') chime.ring();
    if (news.length === 0 || news.length > MOST_TOLD) return tell('hookcast', words.bell.news(count), 'hookcast');
    for (const { node } of news.toReversed()) {
      const amount = amountOf(node);
      const said = [eventName(node, words), amount && writtenMoney(language, amount)].filter(Boolean).join(', ');
      tell(words.happenings[happenedOf(node)], said, node.id);
    }
  };
  useNews(rows, waiting, (news, count) => {
    if (bell) say(news, count);
  });
  const change = (isLoud: boolean | null) => {
    const others = bells.filter((one) => one.search !== search);
    setBells(keepBells(isLoud === null ? others : [...others, { search, isLoud }]));
  };
  const turn = async () => {
    if (bell) return change(null);
    chime.open();
    change(false);
    setPermission(await askToTell());
  };
  return (
    <span className="bell">
      <button type="button" aria-pressed={bell !== null} title={words.bell.of} onClick={() => void turn()}>
        <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
          <path d="M3 12h10l-1.3-2V7a3.7 3.7 0 0 0-7.4 0v3z M6.8 14h2.4" />
        </svg>{' '}
        {bell ? words.bell.off : words.bell.on}
      </button>
      {bell ? (
        <label>
          <input
            type="checkbox"
            checked={bell.isLoud}
            onChange={({ target: { checked } }) => {
              chime.open();
              change(checked);
              if (checked) chime.ring();
            }}
          />{' '}
          {words.bell.sound}
        </label>
      ) : null}
      {bell && permission === 'denied' ? <span className="note">{words.bell.blocked}</span> : null}
    </span>
  );
}

/** Calls back with the rows that are newer than all that were there before, or with how many wait to be shown. */
function useNews(rows: readonly Row[], waiting: number, onNews: (news: readonly Row[], count: number) => void): void {
  const told = useEffectEvent(onNews);
  const newest = useRef<{ readonly cursor: string | null; readonly waiting: number } | null>(null);
  useEffect(() => {
    const last = newest.current;
    newest.current = { cursor: rows[0]?.cursor ?? null, waiting };
    // What is there when the list appears is not new.
    if (!last) return;
    if (waiting > last.waiting) return told([], waiting);
    const known = rows.findIndex(({ cursor }) => cursor === last.cursor);
    // Another list, or one that went on to another stretch: which of it is new nobody knows.
    if (known === -1 && last.cursor !== null) return;
    const news = rows.slice(0, known === -1 ? rows.length : known);
    if (news.length > 0 && waiting >= last.waiting - news.length) told(news, news.length);
  }, [rows, waiting]);
}
