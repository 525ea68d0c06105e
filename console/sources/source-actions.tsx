import { useState } from 'react';
import { Failure } from '../parts/notice.tsx';
import { Question } from '../parts/question.tsx';
import { useWords } from '../words/words.tsx';
import { type Operations, useActs } from './use-operations.ts';

interface SourceActionsProps {
  readonly source: string;
  readonly operations: Operations;
  readonly again: () => void;
}

/** Buttons that pause and resume a source, check refused deliveries again, and send a sample if the gateway accepts samples. */
export function SourceActions({ source, operations: { pause, samples, refused }, again }: SourceActionsProps) {
  const { sources: words } = useWords();
  const acts = useActs(again);
  const [isAsking, setAsking] = useState(false);
  const [event, setEvent] = useState(samples[0] ?? '');
  const [said, say] = useState<string | null>(null);
  const send = async () => {
    const became = await acts.sendSample(source, event);
    say(became && words.sent(became.status, became.eventId));
  };
  const admit = async () => {
    const outcome = await acts.admit(source);
    say(outcome && words.admitted(outcome.admitted, outcome.refused));
  };
  return (
    <div className="source-actions">
      {pause ? (
        <button type="button" disabled={acts.isActing} onClick={() => void acts.resume(source)}>
          {words.resume}
        </button>
      ) : (
        <button type="button" disabled={acts.isActing} onClick={() => setAsking(true)}>
          {words.pause}
        </button>
      )}
      {refused > 0 ? (
        <button type="button" disabled={acts.isActing} onClick={() => void admit()}>
          {words.admit}
        </button>
      ) : null}
      {samples.length > 0 ? (
        <>
          <label>
            <span className="hidden">{words.sample}</span>
            <select value={event} onChange={({ target }) => setEvent(target.value)}>
              {samples.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
          <button type="button" disabled={acts.isActing} onClick={() => void send()}>
            {words.sendSample}
          </button>
        </>
      ) : null}
      <p role="status" className="note">
        {said ?? ''}
      </p>
      {acts.error ? <Failure error={acts.error} again={again} /> : null}
      {isAsking ? (
        <Question
          title={words.askPause(source)}
          advice={words.pauseAdvice}
          no={words.dontPause}
          yes={words.pause}
          onAnswer={(isYes) => {
            setAsking(false);
            if (isYes) void acts.pause(source);
          }}
        />
      ) : null}
    </div>
  );
}
