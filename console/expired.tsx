import { useEffect, useRef, useState } from 'react';
import { useSignOut } from './account.tsx';
import { useSession } from './gateway/gateway.tsx';
import type { SignedIn } from './gateway/sessions.ts';
import { ProviderButton, TokenForm } from './sign-in.tsx';
import { useWords } from './words/words.tsx';

/** Asks for a new token if the gateway no longer accepts the old one. The page stays open behind the dialog. */
export function Expired() {
  const { signedIn, stale } = useSession();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (stale) dialog.current?.showModal();
    else dialog.current?.close();
  }, [stale]);
  return (
    <dialog
      ref={dialog}
      aria-labelledby="expired-title"
      aria-describedby="expired-advice"
      onKeyDown={(event) => {
        // Browsers send a `cancel` event only for the first Escape. The second one closes the dialog.
        if (event.key === 'Escape') event.preventDefault();
      }}
      onCancel={(event) => event.preventDefault()}
    >
      {stale ? <Question signedIn={signedIn} /> : null}
    </dialog>
  );
}

function Question({ signedIn }: { readonly signedIn: SignedIn | null }) {
  const { expired, account } = useWords();
  const signOut = useSignOut();
  const [now] = useState(() => Date.now());
  const isSession = signedIn?.session != null;
  const isOver = (signedIn?.claims.expiresAt ?? Infinity) <= now;
  return (
    <>
      <h2 id="expired-title">{isSession ? expired.session : isOver ? expired.title : expired.refused}</h2>
      <p id="expired-advice">{isSession ? expired.again : expired.advice}</p>
      <ProviderButton />
      <TokenForm action={expired.action} />
      <button type="button" onClick={() => void signOut()}>
        {account.signOut}
      </button>
    </>
  );
}
