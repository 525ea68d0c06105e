import { type KeyboardEvent, useEffect, useEffectEvent, useId, useLayoutEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { readViews } from './feed/views.ts';
import { HAPPENINGS } from './parts/happened.ts';
import { textFolded } from './parts/filter.ts';
import { placeOf, useFound } from './parts/found.ts';
import { useSession } from './gateway/gateway.tsx';
import { useWords } from './words/words.tsx';

interface Place {
  readonly name: string;
  readonly href: string;
}

/** The most places that are offered. */
const MOST = 12;

/** Goes anywhere by name: Ctrl-K, or Cmd-K. */
export function Palette({ pages }: { readonly pages: readonly Place[] }) {
  const { palette } = useWords();
  const [isOpen, setOpen] = useState(false);
  const heard = useEffectEvent((event: globalThis.KeyboardEvent) => {
    if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    // An open dialog waits for an answer, so it comes first.
    if (!isOpen && document.querySelector('dialog[open]')) return;
    event.preventDefault();
    setOpen(!isOpen);
  });
  useEffect(() => {
    const listener = (event: globalThis.KeyboardEvent) => heard(event);
    addEventListener('keydown', listener);
    return () => removeEventListener('keydown', listener);
  }, []);
  return (
    <>
      <button type="button" className="go-to" aria-keyshortcuts="Control+K Meta+K" onClick={() => setOpen(true)}>
        {palette.open} <kbd aria-hidden="true">Ctrl K</kbd>
      </button>
      {isOpen ? <Places pages={pages} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function Places({ pages, onClose }: { readonly pages: readonly Place[]; readonly onClose: () => void }) {
  const words = useWords();
  const { palette, pages: names, happenings } = words;
  const { signedIn } = useSession();
  const mayKnow = signedIn?.claims.scopes.has('pii:read') ?? false;
  const [, go] = useLocation();
  const [text, setText] = useState('');
  const [index, setIndex] = useState(0);
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => dialog.current?.showModal(), []);
  const hasFeed = pages.some(({ href }) => href === '/events');
  const all = [
    ...pages,
    ...(hasFeed ? readViews().map(({ name, search }) => ({ name, href: `/events?${search}` })) : []),
    ...(hasFeed
      ? HAPPENINGS.map((what) => ({ name: `${names.events}: ${happenings[what]}`, href: `/events?what=${what}` }))
      : []),
  ];
  const typed = textFolded(text).split(/\s+/);
  const asked = useFound(hasFeed ? text : '');
  const found = [
    ...(asked ?? []).map((one) => placeOf(one, words)),
    ...all.filter(({ name }) => typed.every((word) => textFolded(name).includes(word))),
  ].slice(0, MOST);
  const at = Math.min(index, found.length - 1);
  const choose = (place: Place | undefined) => {
    if (!place) return;
    onClose();
    go(place.href);
  };
  const move = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Enter') choose(found[at]);
    else if (step) setIndex((at + step + found.length) % Math.max(1, found.length));
    else return;
    event.preventDefault();
  };
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- Escape does the same
    <dialog
      ref={dialog}
      className="palette"
      aria-label={palette.open}
      onCancel={onClose}
      onClick={({ target, currentTarget }) => {
        if (target === currentTarget) onClose();
      }}
    >
      <input
        role="combobox"
        aria-label={mayKnow ? palette.hintKnowing : palette.hint}
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={found[at] ? `${id}-${at}` : undefined}
        placeholder={mayKnow ? palette.hintKnowing : palette.hint}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setIndex(0);
        }}
        onKeyDown={move}
      />
      <div id={id} role="listbox" aria-label={palette.open}>
        {found.map((place, number) => (
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the field has the keys
          <div
            key={place.href}
            id={`${id}-${number}`}
            role="option"
            tabIndex={-1}
            aria-selected={number === at}
            onClick={() => choose(place)}
          >
            {place.name}
          </div>
        ))}
      </div>
      {found.length === 0 ? <p className="note">{asked === null ? palette.looking : palette.nothing}</p> : null}
    </dialog>
  );
}
