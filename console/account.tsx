import { useId, useState } from 'react';
import { useLocation } from 'wouter';
import { useGateway, useSession } from './gateway/gateway.tsx';
import { Moment } from './parts/moment.tsx';
import { wordFor } from './words/word-for.ts';
import { LANGUAGES, type Language } from './words/languages.ts';
import { useSpeech } from './words/words.tsx';

/** Shows who is signed in, until when and in which language, with the button to sign out. */
export function Account() {
  const { signedIn } = useSession();
  const { words } = useSpeech();
  const signOut = useSignOut();
  const [isKept, setKept] = useState(false);
  const leave = async (options?: { readonly everywhere: boolean }) => setKept(!(await signOut(options)));
  const id = useId();
  if (!signedIn) return null;
  const { tenants, scopes, expiresAt } = signedIn.claims;
  // A popover closes by itself on Escape and on a click beside it, and gives the focus back.
  return (
    <div className="account">
      <button type="button" popoverTarget={id}>
        {words.account.open}
      </button>
      <div id={id} popover="auto" className="account-card">
        <dl>
          <dt>{words.account.mayRead}</dt>
          <dd>{tenants === null ? words.account.everyTenant : words.account.tenants(tenants.length)}</dd>
          {tenants && tenants.length <= 5 ? (
            <dd className="note">
              <bdi>{tenants.join(', ')}</bdi>
            </dd>
          ) : null}
          <dt>{words.account.scopes}</dt>
          <dd>
            {[...scopes].map((scope) => wordFor(words.scopes, scope) ?? scope).join(', ') || words.account.nothing}
          </dd>
          {expiresAt === null ? null : (
            <>
              <dt>{words.account.expires}</dt>
              <dd>
                <Moment at={new Date(expiresAt).toISOString()} />
              </dd>
            </>
          )}
        </dl>
        <LanguageChoice />
        {isKept ? (
          <p role="alert" className="refused">
            {words.account.stillSignedIn}
          </p>
        ) : null}
        <button type="button" onClick={() => void leave()}>
          {words.account.signOut}
        </button>
        {signedIn.session === null ? null : (
          <button type="button" onClick={() => void leave({ everywhere: true })}>
            {words.account.signOutEverywhere}
          </button>
        )}
      </div>
    </div>
  );
}

export function LanguageChoice() {
  const { language, words, speak } = useSpeech();
  return (
    <label className="language">
      <span>{words.account.language}</span>
      <select value={language} onChange={(event) => speak(event.target.value as Language)}>
        {Object.entries(LANGUAGES).map(([tag, name]) => (
          <option key={tag} value={tag} lang={tag}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

/**
 * Signs out, and returns whether it succeeded. Then leaves the address, which the next person may see: the text of a search may be a name.
 */
export function useSignOut(): (options?: { readonly everywhere: boolean }) => Promise<boolean> {
  const { session, links } = useGateway();
  const [, go] = useLocation();
  return async (options) => {
    // Hides the result of an earlier link from the next person.
    links.stay();
    const isDone = await session.signOut(options);
    if (isDone) go('/', { replace: true });
    return isDone;
  };
}
