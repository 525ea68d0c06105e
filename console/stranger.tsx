import type { Claims } from './gateway/claims.ts';
import { useGateway, useLinks, useSession } from './gateway/gateway.tsx';
import { Notice } from './parts/notice.tsx';
import { Question } from './parts/question.tsx';
import { useWords } from './words/words.tsx';
import { wordFor } from './words/word-for.ts';

/** The most tenants that are named. */
const MOST_NAMED = 5;

/** Says that a link changed nothing, since the gateway does not accept its token. */
export function RefusedLink() {
  const { stranger, close } = useWords();
  const { links } = useGateway();
  const { answer } = useLinks();
  return (
    <div role="status" className="said">
      {answer ? (
        <Notice title={stranger.refused} tone="warning">
          <button type="button" onClick={links.stay}>
            {close}
          </button>
        </Notice>
      ) : null}
    </div>
  );
}

/** Asks before a link signs somebody in as somebody else. */
export function Stranger() {
  const { stranger } = useWords();
  const { links } = useGateway();
  const { offered } = useLinks();
  const { signedIn } = useSession();
  if (!offered || !signedIn) return null;
  return (
    <Question
      key={offered.token}
      title={stranger.title}
      advice={stranger.advice}
      no={stranger.stay}
      yes={stranger.change}
      onAnswer={(isYes) => void (isYes ? links.change() : links.stay())}
    >
      <dl className="stranger">
        <dt>{stranger.now}</dt>
        <dd>
          <Holder claims={signedIn.claims} />
        </dd>
        <dt>{stranger.linked}</dt>
        <dd>
          <Holder claims={offered.claims} />
        </dd>
      </dl>
    </Question>
  );
}

/** What tells two holders of tokens apart: the tenants and the scopes of their tokens. */
function Holder({ claims: { tenants, scopes } }: { readonly claims: Claims }) {
  const words = useWords();
  const rest = (tenants?.length ?? 0) - MOST_NAMED;
  const allowed = [...scopes].map((scope) => wordFor(words.scopes, scope) ?? scope);
  return (
    <>
      {tenants === null ? words.account.everyTenant : null}
      {tenants?.length === 0 ? words.account.nothing : null}
      {tenants?.slice(0, MOST_NAMED).map((tenant, index) => (
        // Tenants may have any names, even the same one twice.
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
