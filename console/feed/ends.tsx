import { GatewayError } from '../gateway/request.ts';
import { Moment } from '../parts/moment.tsx';
import { wordFor } from '../words/word-for.ts';
import { useSpeech, useWords } from '../words/words.tsx';
import { type FeedView, MOST_NEW } from './window.ts';

/** Errors for a place that an address names and that no longer exists. */
export const GONE: readonly string[] = ['CURSOR_EXPIRED', 'INVALID_CURSOR'];

interface EndProps {
  readonly view: FeedView;
  readonly again: () => void;
  readonly toNewest: () => void;
}

interface NewerEndProps extends EndProps {
  /** Whether new events would be noticed. */
  readonly isFollowed: boolean;
  /** True while somebody reads and new events wait. */
  readonly isHeld: boolean;
  readonly showNew: () => void;
}

/** Beside the title: whether the newest rows are shown, and the way to them. */
export function NewerEnd({ view, isFollowed, isHeld, again, toNewest, showNew }: NewerEndProps) {
  const { language, words } = useSpeech();
  const { feed } = words;
  const { newer, arrived, rows } = view;
  const isEnd = newer === 'end';
  const isWaiting = isEnd && isHeld && arrived > 0;
  const count = arrived.toLocaleString(language) + (arrived >= MOST_NEW ? '+' : '');
  return (
    <div className="reach newer">
      <output>
        {newer === 'loading' ? feed.loadingNewer : null}
        {isEnd && isFollowed && arrived === 0 && rows.length > 0 ? feed.end.newer : null}
        {newer === 'more' || newer === 'paused' || isWaiting ? feed.more.newer : null}
        {newer instanceof GatewayError ? <Wrong error={newer} again={again} toNewest={toNewest} /> : null}
      </output>
      {isEnd && !isWaiting ? null : (
        <button
          type="button"
          className={isWaiting ? 'primary fresh' : undefined}
          onClick={isWaiting ? showNew : toNewest}
        >
          {isWaiting ? feed.showNew(count) : feed.newest}
        </button>
      )}
    </div>
  );
}

interface OlderEndProps extends EndProps {
  /** Whether a filter, dates or a text limit the list. */
  readonly isNarrowed: boolean;
  readonly isSearched: boolean;
  readonly onFurther: () => void;
}

/** Below the list: whether there are older rows, how far a search has looked, and how many rows are loaded. */
export function OlderEnd({ view, isNarrowed, isSearched, again, toNewest, onFurther }: OlderEndProps) {
  const words = useWords().feed;
  const { older, looked, rows } = view;
  const isLooking = older === 'loading' && looked !== null;
  return (
    <div className="reach">
      <output>
        {older === 'loading' ? (isLooking ? words.looking : words.loadingOlder) : null}
        {older === 'end' ? (isNarrowed ? words.end.olderFitting : words.end.older) : null}
        {older === 'more' ? words.more.older : null}
        {older === 'paused' && looked ? (
          <>
            {words.lookedThrough(looked.count)} {looked.back ? <Moment at={looked.back} /> : null}.
          </>
        ) : null}
        {older instanceof GatewayError ? <Wrong error={older} again={again} toNewest={toNewest} /> : null}
      </output>
      {older === 'paused' ? (
        <button type="button" onClick={onFurther}>
          {words.lookFurther}
        </button>
      ) : null}
      <span className="count">{looked || isSearched ? words.found(rows.length) : words.loaded(rows.length)}</span>
    </div>
  );
}

/** An error at one end of the list. The loaded rows stay. */
function Wrong({ error, again, toNewest }: { readonly error: GatewayError } & Omit<EndProps, 'view'>) {
  const words = useWords();
  const isGone = GONE.includes(error.code);
  return (
    <span className="wrong">
      {(isGone ? words.feed.goneAdvice : (wordFor(words.errors, error.code) ?? error.message)) ||
        words.errors['INTERNAL']}{' '}
      <button type="button" onClick={isGone ? toNewest : again}>
        {isGone ? words.feed.showNewest : words.again}
      </button>
    </span>
  );
}
