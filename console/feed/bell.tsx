import { useState } from 'react';
import { useSearch } from 'wouter';
import { useGateway } from '../gateway/gateway.tsx';
import { useView } from '../observed.ts';
import { useWords } from '../words/words.tsx';
import { placeless } from './saved-views.tsx';
import { Chime, askToTell, mayTell } from './tell.ts';

/**
 * Turns on notifications for this view, which come on every page of the console. The browser asks for permission only after this choice.
 */
export function Bell() {
  const words = useWords();
  const { bells } = useGateway();
  useView(bells);
  const search = placeless(useSearch());
  const [permission, setPermission] = useState(mayTell);
  const [chime] = useState(() => new Chime());
  const bell = bells.of(search);
  const turn = async () => {
    if (bell) return bells.remove(search);
    bells.set({ search, isLoud: false });
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
              bells.set({ search, isLoud: checked });
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
