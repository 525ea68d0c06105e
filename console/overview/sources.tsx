import { Failure, Notice } from '../parts/notice.tsx';
import { useSpeech } from '../words/words.tsx';
import { Ago } from './ago.tsx';
import { Scrolling } from './scrolling.tsx';
import { OUTCOMES, type Source, type useSources } from './use-sources.ts';

type Answer = NonNullable<Source['answers']>[number];

type SourcesProps = ReturnType<typeof useSources> & {
  /** In milliseconds since 1970. */
  readonly now: number;
};

/** Every source with the time of its last event and, for operators, the answers to its deliveries. */
export function Sources({ data, error, again, now }: SourcesProps) {
  const { overview } = useSpeech().words;
  const sources = data?.sources ?? [];
  return (
    <section className="card sources" aria-labelledby="sources-title">
      <h2 id="sources-title">{overview.sources}</h2>
      {error && !data ? <Failure error={error} again={again} /> : null}
      {error && data ? <p className="note">{overview.stale}</p> : null}
      {data && sources.length === 0 ? (
        <Notice title={overview.noSources}>
          <p>{overview.noSourcesAdvice}</p>
        </Notice>
      ) : null}
      {sources.length > 0 ? <SourceTable sources={sources} now={now} /> : null}
    </section>
  );
}

interface SourceTableProps {
  readonly sources: readonly Source[];
  readonly now: number;
}

function SourceTable({ sources, now }: SourceTableProps) {
  const { overview } = useSpeech().words;
  // If the viewer may not know the answers, the column is hidden, since zeros would be false.
  const isAnswered = sources.some(({ answers }) => answers !== null);
  const areNamed = sources.some(({ name, provider }) => name !== provider);
  return (
    <>
      <Scrolling label={isAnswered ? overview.answer : overview.latestEvent}>
        <table>
          <thead>
            <tr>
              <th scope="col">{overview.source}</th>
              {areNamed ? <th scope="col">{overview.provider}</th> : null}
              <th scope="col">{overview.latestEvent}</th>
              {isAnswered ? (
                <>
                  <th scope="col">{overview.answer}</th>
                  <th scope="col" className="number">
                    {overview.lastHour}
                  </th>
                  <th scope="col" className="number">
                    {overview.lastDay}
                  </th>
                  <th scope="col">{overview.latest}</th>
                </>
              ) : null}
            </tr>
          </thead>
          {sources.map((source) => (
            <SourceRows key={source.name} source={source} isNamed={areNamed} now={now} />
          ))}
        </table>
      </Scrolling>
    </>
  );
}

interface SourceRowsProps {
  readonly source: Source;
  /** Whether some source has another name than its provider. */
  readonly isNamed: boolean;
  readonly now: number;
}

function SourceRows({ source: { name, provider, isSigned, lastEventAt, answers }, isNamed, now }: SourceRowsProps) {
  const { overview } = useSpeech().words;
  const [first, ...others] = inOrder(answers ?? []);
  const rows = 1 + others.length;
  return (
    <tbody data-source={name}>
      <tr>
        <th scope="rowgroup" rowSpan={rows}>
          {name}
          {isSigned ? null : <p className="note">{overview.unsigned}</p>}
        </th>
        {isNamed ? <td rowSpan={rows}>{provider}</td> : null}
        <td rowSpan={rows} data-label={overview.latestEvent}>
          {lastEventAt ? <Ago at={lastEventAt} now={now} /> : <span className="absent">{overview.noEvent}</span>}
        </td>
        {first ? <AnswerCells answer={first} now={now} /> : null}
        {answers && !first ? (
          <td colSpan={4} className="absent">
            {overview.noAnswers}
          </td>
        ) : null}
      </tr>
      {others.map((answer) => (
        <tr key={answer.outcome}>
          <AnswerCells answer={answer} now={now} />
        </tr>
      ))}
    </tbody>
  );
}

/** The answers in the same order for every source. */
function inOrder(answers: readonly Answer[]): readonly Answer[] {
  return answers.toSorted((one, other) => OUTCOMES.indexOf(one.outcome) - OUTCOMES.indexOf(other.outcome));
}

interface AnswerCellsProps {
  readonly answer: Answer;
  readonly now: number;
}

function AnswerCells({ answer: { outcome, lastHour, lastDay, lastAt }, now }: AnswerCellsProps) {
  const { language, words } = useSpeech();
  const { outcomes, meanings, ...overview } = words.overview;
  return (
    <>
      <td data-outcome={outcome}>
        <span className={outcome === 'UNAUTHORISED' && lastDay > 0 ? 'outcome serious' : 'outcome'}>
          {outcomes[outcome]}
        </span>{' '}
        <span className="note">{meanings[outcome]}</span>
      </td>
      <td className="number" data-label={overview.lastHour}>
        {lastHour.toLocaleString(language)}
      </td>
      <td className="number" data-label={overview.lastDay}>
        {lastDay.toLocaleString(language)}
      </td>
      <td data-label={overview.latest}>
        <Ago at={lastAt} now={now} />
      </td>
    </>
  );
}
