import { useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import { isOperator, mayRead } from '../gateway/claims.ts';
import { useSession } from '../gateway/gateway.tsx';
import { type GatewayError, toGatewayError } from '../gateway/request.ts';
import { Latest } from '../parts/latest.tsx';
import { Failure, Notice } from '../parts/notice.tsx';
import { Question } from '../parts/question.tsx';
import { useWords } from '../words/words.tsx';
import { type Delivery, STATES, type State, kindsOf } from './delivery.ts';
import { KindCard } from './kind-card.tsx';
import type { Decision } from './run.ts';
import { RunPanel } from './run-panel.tsx';
import { useDeliveries } from './use-deliveries.ts';
import type { Desk } from './use-desk.ts';

/** Deliveries that were not understood, and the two ways out: newer code releases them, or an operator discards them. */
export function Quarantine({ desk }: { readonly desk: Desk }) {
  const { pages, quarantine } = useWords();
  const { signedIn } = useSession();
  const [search] = useSearchParams();
  const mayDecide = signedIn !== null && isOperator(signedIn.claims);
  const state = STATES.find((state) => state.toLowerCase() === search.get('state')) ?? 'WAITING';
  return (
    <section className="page scrolls quarantine" aria-labelledby="page-title">
      <header className="page-head">
        <h1 id="page-title">{pages.quarantine}</h1>
        {mayDecide ? <States chosen={state} /> : null}
      </header>
      {mayDecide ? (
        <>
          {desk.run ? <RunPanel run={desk.run} stop={desk.stop} dismiss={desk.dismiss} /> : null}
          <InState key={state} state={state} desk={desk} />
        </>
      ) : (
        <Notice title={quarantine.notAllowed}>
          <p>{quarantine.notAllowedAdvice}</p>
        </Notice>
      )}
    </section>
  );
}

function States({ chosen }: { readonly chosen: State }) {
  const { quarantine } = useWords();
  return (
    <nav className="segments" aria-label={quarantine.byState}>
      {STATES.map((state) => (
        <Link
          key={state}
          href={state === 'WAITING' ? '/quarantine' : `/quarantine?state=${state.toLowerCase()}`}
          aria-current={state === chosen ? 'true' : undefined}
        >
          {quarantine.states[state]}
        </Link>
      ))}
    </nav>
  );
}

function InState({ state, desk }: { readonly state: State; readonly desk: Desk }) {
  const words = useWords();
  const { found, error, again, more, allOf } = useDeliveries(state, desk.rounds);
  const [asked, setAsked] = useState<readonly Delivery[] | null>(null);
  const [gathering, setGathering] = useState<string | null>(null);
  const [failed, setFailed] = useState<GatewayError | null>(null);
  const settled = new Set(
    desk.run?.outcomes.filter(({ became }) => became !== 'unfit' && became !== 'failed').map((one) => one.delivery.id),
  );
  const shown = found?.deliveries.filter(({ id }) => state !== 'WAITING' || !settled.has(id)) ?? [];

  const decide = (decision: Decision, deliveries: readonly Delivery[]) => {
    if (decision === 'discard') setAsked(deliveries);
    else desk.begin('release', deliveries);
  };
  const decideAll = async (decision: Decision, key: string) => {
    setGathering(key);
    setFailed(null);
    try {
      decide(
        decision,
        (await allOf(key)).filter(({ id }) => !settled.has(id)),
      );
    } catch (error) {
      setFailed(toGatewayError(error));
    }
    setGathering(null);
  };

  return (
    <>
      {error ? <Failure error={error} again={again} /> : null}
      {failed ? <Failure error={failed} again={() => setFailed(null)} /> : null}
      {!found && !error ? <p className="loading">{words.loading}</p> : null}
      {found && shown.length === 0 ? <Empty state={state} /> : null}
      {kindsOf(shown).map((kind) => (
        <KindCard
          key={kind.key}
          kind={kind}
          hasMore={found?.rest !== null}
          busy={desk.run?.state === 'running' || gathering !== null}
          decide={decide}
          decideAll={(decision) => void decideAll(decision, kind.key)}
        />
      ))}
      {found && found.rest !== null ? (
        <p className="page-end">
          <span>{words.quarantine.shown(shown.length)}</span>
          <button type="button" onClick={more}>
            {words.quarantine.more}
          </button>
        </p>
      ) : null}
      {asked ? (
        <Question
          title={words.quarantine.discardTitle(asked.length)}
          advice={words.quarantine.discardAdvice}
          no={words.quarantine.keep}
          yes={words.quarantine.discard}
          isDangerous
          onAnswer={(isYes) => {
            setAsked(null);
            if (isYes) desk.begin('discard', asked);
          }}
        />
      ) : null}
    </>
  );
}

function Empty({ state }: { readonly state: State }) {
  const { quarantine } = useWords();
  const { signedIn } = useSession();
  return (
    <Notice title={quarantine.empty[state]}>
      <p>{quarantine.purpose}</p>
      {state === 'WAITING' && signedIn && mayRead(signedIn.claims) ? <Latest /> : null}
    </Notice>
  );
}
