import { type SyntheticEvent, useEffect, useId, useRef, useState } from 'react';
import { LanguageChoice } from './account.tsx';
import { useGateway, useLinks, useSession } from './gateway/gateway.tsx';
import type { LinksView } from './gateway/links.ts';
import { isTaken } from './gateway/request.ts';
import { readToken } from './gateway/session.ts';
import { addressOfProvider } from './gateway/sessions.ts';
import { rememberPlace } from './place.ts';
import { openStore } from './storage.ts';
import { useWords } from './words/words.tsx';

type Answer = LinksView['answer'];

interface TokenFormProps {
  readonly action: string;
  /** What is wrong with the person's last token. */
  readonly said?: Answer;
}

/** A field for a token, on the first page and in the dialog that appears when a token has expired. */
export function TokenForm({ action, said = null }: TokenFormProps) {
  const { signIn } = useWords();
  const { session } = useGateway();
  const [text, setText] = useState('');
  const [answer, setAnswer] = useState(said);
  const [asking, setAsking] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  // The field gets the focus, since there is nothing else to do here.
  useEffect(() => field.current?.focus(), []);
  const no = (answer: Answer) => {
    setAnswer(answer);
    field.current?.focus();
  };
  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (asking) return;
    const brought = readToken(text);
    if (!brought) return no('none');
    setAsking(true);
    const said = await isTaken(brought.token);
    if (said !== 'expired' && said !== 'refused') await session.signIn(brought);
    setAsking(false);
    if (said === 'expired' || said === 'refused') no(said);
  };
  return (
    <form className="token" onSubmit={(event) => void submit(event)}>
      <label htmlFor={id}>{signIn.token}</label>
      <textarea
        id={id}
        ref={field}
        required
        rows={4}
        value={text}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        aria-invalid={answer !== null}
        aria-describedby={`${id}-note`}
        onChange={(event) => {
          setText(event.target.value);
          setAnswer(null);
        }}
        onKeyDown={(event) => {
          // A token has one line, so Enter submits as in other fields.
          if (event.key === 'Enter' && !event.shiftKey) void submit(event);
        }}
      />
      <p id={`${id}-note`} role={answer ? 'alert' : undefined} className={answer ? 'refused' : 'note'}>
        {answer ? signIn.answers[answer] : signIn.stays}
      </p>
      <button type="submit" className="primary" aria-disabled={asking}>
        {asking ? signIn.asking : action}
      </button>
    </form>
  );
}

/** The button to the identity provider, if there is one. The provider leads back to this page. */
export function ProviderButton() {
  const { signIn } = useWords();
  const { provider } = useSession();
  const [isAway, setAway] = useState(false);
  if (provider === null) return null;
  const go = async () => {
    setAway(false);
    const address = await addressOfProvider();
    if (address === null) return setAway(true);
    rememberPlace(
      openStore(() => sessionStorage),
      location,
    );
    location.assign(address);
  };
  return (
    <div className="provider">
      <button type="button" className="primary" onClick={() => void go()}>
        {signIn.provider(provider)}
      </button>
      {isAway ? (
        <p role="alert" className="refused">
          {signIn.refusals.unavailable}
        </p>
      ) : null}
      <p className="note">{signIn.or}</p>
    </div>
  );
}

/** The page without a token. */
export function SignIn() {
  const { signIn, title } = useWords();
  const { answer, refusal } = useLinks();
  const { hasEnded } = useSession();
  useEffect(() => {
    document.title = title(signIn.title);
  }, [title, signIn]);
  return (
    <main className="sign-in" id="content">
      <p className="brand">hookcast</p>
      <h1>{signIn.title}</h1>
      {refusal ? (
        <p role="alert" className="refused">
          {signIn.refusals[refusal]}
        </p>
      ) : null}
      {hasEnded && !refusal ? <p role="status">{signIn.ended}</p> : null}
      <p>{signIn.advice}</p>
      <ProviderButton />
      <TokenForm key={answer} action={signIn.action} said={answer} />
      <p className="note">{signIn.operator}</p>
      <LanguageChoice />
    </main>
  );
}
