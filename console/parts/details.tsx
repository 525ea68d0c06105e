import { type ReactNode, useEffect, useEffectEvent, useLayoutEffect, useRef } from 'react';
import { Boundary } from '../boundary.tsx';
import { useQuery } from '../gateway/query.ts';
import { useWords } from '../words/words.tsx';
import { type ListedEvent, erased as withoutPerson, keyOf } from './event.ts';
import { DETAILS, type DetailedEvent, type Told } from './details-document.ts';
import { DetailsFacts } from './details-facts.tsx';
import { useIsNarrow } from './narrow.ts';
import { Failure, Notice } from './notice.tsx';
import { eventName } from './type-name.ts';

interface DetailsProps {
  readonly id: string;
  /** The event as the list has it. It is shown until the details are loaded, and has newer knowledge of an erasure. */
  readonly known: ListedEvent | null;
  readonly onClose: () => void;
  /** Events that were erased since the page was opened, each by its `keyOf`. */
  readonly erased?: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();
const NOTHING: readonly Told[] = [];

/** The details of one event, beside the list or, on a phone, in its place. */
export function Details({ id, known, onClose, erased = NONE }: DetailsProps) {
  const words = useWords();
  const { data, error, again } = useQuery(DETAILS, { id });
  const found: DetailedEvent | null = data?.node && 'personalData' in data.node ? data.node : null;
  const about = found ?? known;
  // After an erasure, personal data disappears at once, and not only when the gateway has answered again.
  const isErased = about !== null && (known?.personalData === 'ERASED' || erased.has(keyOf(about)));
  const isOutdated = isErased && found?.personalData === 'AVAILABLE';
  useEffect(() => {
    if (isOutdated) again();
  }, [isOutdated, again]);
  const row = about && (isErased ? withoutPerson(about) : about);
  const title = row ? eventName(row, words) : words.detailsTitle;
  return (
    <Panel title={title} onClose={onClose}>
      <Boundary shown={id}>
        {row ? (
          <DetailsFacts
            key={id}
            row={row}
            found={isOutdated ? null : found}
            told={(!isOutdated && data?.facts) || NOTHING}
          />
        ) : null}
        {error && !found ? <Failure error={error} again={again} /> : null}
        {!data && !error ? <p className="loading">{words.loading}</p> : null}
        {data && !found && !known ? (
          <Notice title={words.notThere.title}>
            <p>{words.notThere.advice}</p>
          </Notice>
        ) : null}
      </Boundary>
    </Panel>
  );
}

interface PanelProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** If there is room, the list stays usable beside it. Otherwise nothing else can be reached while it is open. */
function Panel({ title, onClose, children }: PanelProps) {
  const { close } = useWords();
  const isNarrow = useIsNarrow();
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    if (isNarrow) dialog.current?.showModal();
  }, [isNarrow]);
  useEscape(!isNarrow, onClose);
  const content = (
    <>
      <header>
        <h2 id="details-title">{title}</h2>
        <button type="button" aria-label={close} title={close} onClick={onClose}>
          <span aria-hidden="true">×</span>
        </button>
      </header>
      <div className="details-body">{children}</div>
    </>
  );
  if (isNarrow) {
    return (
      <dialog
        ref={dialog}
        className="details"
        aria-labelledby="details-title"
        onCancel={(event) => {
          event.preventDefault();
          onClose();
        }}
      >
        {content}
      </dialog>
    );
  }
  return (
    <section className="details" aria-labelledby="details-title">
      {content}
    </section>
  );
}

/** Calls back when Escape is pressed, unless the key means something else at that place. */
function useEscape(isHeard: boolean, onEscape: () => void): void {
  const heard = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.defaultPrevented || document.querySelector('dialog[open]')) return;
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement) return;
    onEscape();
  });
  useEffect(() => {
    if (!isHeard) return;
    const listener = (event: KeyboardEvent) => heard(event);
    addEventListener('keydown', listener);
    return () => removeEventListener('keydown', listener);
  }, [isHeard]);
}
