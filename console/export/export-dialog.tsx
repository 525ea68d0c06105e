import { type SyntheticEvent, useEffect, useRef, useState } from 'react';
import { useGateway, useSession } from '../gateway/gateway.tsx';
import { useRetry } from '../gateway/retry.ts';
import { useView } from '../observed.ts';
import { type Filter, matcherOf } from '../parts/filter.ts';
import { Moment } from '../parts/moment.tsx';
import { feedFilterOf } from '../feed/pages.ts';
import type { Period } from '../feed/period.ts';
import { useSpeech, useWords } from '../words/words.tsx';
import { wordFor } from '../words/word-for.ts';
import { exportPage } from './export-pages.ts';
import { Exporting } from './exporting.ts';
import {
  FORMATS,
  type FormatName,
  SPREADSHEET_DELIMITERS,
  type SpreadsheetDelimiter,
  delimiterOf,
  formatOf,
} from './formats.ts';

interface ExportDialogProps {
  readonly filter: Filter;
  readonly period: Period;
  readonly onClose: () => void;
}

/** Saves everything that fits the filter as a file, even what is not loaded yet. */
export function ExportDialog({ filter, period, onClose }: ExportDialogProps) {
  const { words, language } = useSpeech();
  const { exports: said } = words;
  const { session } = useGateway();
  const { signedIn } = useSession();
  const people = signedIn?.claims.scopes.has('pii:read') ?? false;
  const [format, setFormat] = useState<FormatName>('csv');
  const [delimiter, setDelimiter] = useState(() => delimiterOf(language, navigator.languages));
  const [exporting, setExporting] = useState<Exporting | null>(null);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  useEffect(() => () => exporting?.stop(), [exporting]);
  const begin = (event: SyntheticEvent) => {
    event.preventDefault();
    const asked = feedFilterOf(filter, period);
    const next = new Exporting({
      format: formatOf(format, words, { people, delimiter }),
      page: (before, signal) => exportPage(session, asked, before, { people, signal }),
      matches: matcherOf(filter),
    });
    setExporting(next);
    void next.run();
  };
  return (
    <dialog ref={dialog} className="export" aria-labelledby="export-title" onClose={onClose}>
      <h2 id="export-title">{said.title}</h2>
      {exporting ? (
        <Progress exporting={exporting} format={format} onClose={onClose} />
      ) : (
        <form onSubmit={begin}>
          <p>{people ? said.advice : said.adviceWithheld}</p>
          <fieldset className="formats">
            <legend className="hidden">{said.format}</legend>
            {FORMATS.map((name) => (
              <label key={name}>
                <input type="radio" name="format" checked={name === format} onChange={() => setFormat(name)} />
                <span>
                  {name.toUpperCase()} <span className="note">{said.formats[name]}</span>
                </span>
              </label>
            ))}
          </fieldset>
          {format === 'csv' ? (
            <label className="delimiter">
              {said.delimiter}
              <select value={delimiter} onChange={({ target }) => setDelimiter(target.value as SpreadsheetDelimiter)}>
                {SPREADSHEET_DELIMITERS.map((name) => (
                  <option key={name} value={name}>
                    {said.delimiters[name]}
                  </option>
                ))}
              </select>
              <span className="note">{said.delimiterAdvice}</span>
            </label>
          ) : null}
          <div className="actions">
            <button type="button" onClick={onClose}>
              {words.close}
            </button>
            <button type="submit" className="primary">
              {said.begin}
            </button>
          </div>
        </form>
      )}
    </dialog>
  );
}

interface ProgressProps {
  readonly exporting: Exporting;
  readonly format: FormatName;
  readonly onClose: () => void;
}

function Progress({ exporting, format, onClose }: ProgressProps) {
  const words = useWords();
  const { exports: said } = words;
  const { state, events, looked, back, error } = useView(exporting);
  useRetry(error, () => void exporting.run());
  const isWhole = state === 'done' || state === 'cut';
  const save = () => saveFile(exporting.file(), nameOf(format, state === 'done'));
  const saved = useRef(false);
  useEffect(() => {
    if (!isWhole || saved.current || events === 0) return;
    saved.current = true;
    saveFile(exporting.file(), nameOf(format, state === 'done'));
  }, [isWhole, exporting, events, format, state]);
  return (
    <>
      {state === 'running' ? <progress aria-label={said.title} /> : null}
      <p role="status">
        {said.states[state](events)}
        {looked > events ? ` ${words.feed.lookedThrough(looked)} ` : isWhole || !back ? '' : ` ${said.back} `}
        {back && (looked > events || !isWhole) ? <Moment at={back} /> : null}
      </p>
      {error ? (
        <p className="refused">{(wordFor(words.errors, error.code) ?? error.message) || words.errors['INTERNAL']}</p>
      ) : null}
      <div className="actions">
        {state === 'running' ? (
          <button type="button" onClick={() => exporting.stop()}>
            {said.stop}
          </button>
        ) : (
          <button type="button" onClick={onClose}>
            {words.close}
          </button>
        )}
        {state !== 'running' && events > 0 ? (
          <button type="button" onClick={save}>
            {isWhole ? said.saveAgain : said.savePart}
          </button>
        ) : null}
        {state === 'stopped' || state === 'failed' ? (
          <button type="button" className="primary" onClick={() => void exporting.run()}>
            {said.goOn}
          </button>
        ) : null}
      </div>
    </>
  );
}

/** An incomplete file says so in its name, since the notice on the page is soon forgotten. */
function nameOf(format: FormatName, isWhole: boolean): string {
  return `events-${new Date().toISOString().slice(0, 10)}${isWhole ? '' : '-part'}.${format}`;
}

function saveFile(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser needs time to begin reading it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
