import { useWords } from '../words/words.tsx';
import type { Misfit } from './delivery.ts';
import { reasonOf } from './reasons.ts';

/** The paths that don't fit, and what was expected there. */
export function Misfits({ misfits }: { readonly misfits: readonly Misfit[] }) {
  const { quarantine } = useWords();
  if (misfits.length === 0) return null;
  return (
    <dl className="misfits">
      {misfits.map(({ path, messages }) => (
        <div key={path}>
          <dt>{path ? <code>{path}</code> : quarantine.whole}</dt>
          <dd>
            <Reasons messages={messages} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Reasons({ messages }: Pick<Misfit, 'messages'>) {
  const { reasons } = useWords().quarantine;
  const said = messages.map((message) => reasonOf(message, reasons));
  const own = new Set(said.filter((reason) => reason !== null));
  // Messages without a translation are shown in the gateway's words.
  const others = messages.filter((_message, index) => said[index] === null);
  return (
    <>
      {[...own].join(' · ')}
      {own.size > 0 && others.length > 0 ? ' · ' : null}
      {others.length > 0 ? <span lang="en">{others.join(' · ')}</span> : null}
    </>
  );
}
