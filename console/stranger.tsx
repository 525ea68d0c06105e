import { useEffect, useRef } from 'react';
import type { Claims } from './gateway/claims.ts';
import { useGateway, useLinks, useSession } from './gateway/gateway.tsx';
import { useWords } from './words/words.tsx';
import { wordFor } from './words/word-for.ts';

/** So many tenants are named. */
const MOST_NAMED = 5;

/** Asks before a link signs somebody in as somebody else. */
export function Stranger() {
  const { offered } = useLinks();
  const { signedIn } = useSession();
  return offered && signedIn ? <Question key={offered.token} now={signedIn.claims} linked={offered.claims} /> : null;
}

function Question({ now, linked }: { readonly now: Claims; readonly linked: Claims }) {
  const { stranger } = useWords();
  const { links } = useGateway();
  const dialog = useRef<HTMLDialogElement>(null);
  // The focus goes to the first button, which changes nothing.
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby="stranger-title"
      aria-describedby="stranger-advice"
      onClose={(event) => (event.currentTarget.returnValue === 'change' ? links.change() : links.stay())}
    >
      <h2 id="stranger-title">{stranger.title}</h2>
      <p id="stranger-advice">{stranger.advice}</p>
      <dl className="stranger">
        <dt>{stranger.now}</dt>
        <dd>
          <Holder claims={now} />
        </dd>
        <dt>{stranger.linked}</dt>
        <dd>
          <Holder claims={linked} />
        </dd>
      </dl>
      <form method="dialog" className="actions">
        <button type="submit" value="">
          {stranger.stay}
        </button>
        <button type="submit" value="change">
          {stranger.change}
        </button>
      </form>
    </dialog>
  );
}

/** What there is to tell two holders of tokens apart by: whose events they see, and what of them. */
function Holder({ claims: { tenants, scopes } }: { readonly claims: Claims }) {
  const words = useWords();
  const rest = (tenants?.length ?? 0) - MOST_NAMED;
  const allowed = [...scopes].map((scope) => wordFor(words.scopes, scope) ?? scope);
  return (
    <>
      {tenants === null ? words.account.everyTenant : null}
      {tenants?.length === 0 ? words.account.nothing : null}
      {tenants?.slice(0, MOST_NAMED).map((tenant, index) => (
        // The names of tenants may be any, and the same twice.
        // oxlint-disable-next-line react/no-array-index-key
        <span key={index}>
          {index > 0 ? ', ' : null}
          <bdi>{tenant}</bdi>
        </span>
      ))}
      {rest > 0 ? ` ${words.andMore(rest)}` : null}
      <span className="note">
        <bdi>{allowed.join(', ') || words.account.nothing}</bdi>
      </span>
    </>
  );
}
