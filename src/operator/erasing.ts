import type { ErasurePreview, ErasureReceipt, ErasureRequest } from '../events/erasure.ts';
import type { EventLog } from '../events/event-log.ts';
import { requireSource } from '../events/known-source.ts';
import { type Asker, type Who, badRequest } from './asker.ts';

export interface ErasingOperator {
  /** Erases, or only says what would be erased. */
  erase(of: ErasedPerson, how: ErasureOptions): Promise<ErasureReport>;
}

/** Whose data is to be erased, as it is asked for. */
export interface ErasedPerson {
  readonly source: string | null;
  readonly subject: string | null;
  readonly email: string | null;
}

export interface ErasureOptions {
  /** The operator who asks, if it is null. */
  readonly orderedBy: string | null;
  readonly dryRun: boolean;
  /** Also when more than one subject would lose something. */
  readonly evenSeveral: boolean;
}

export interface ErasureReport {
  /** What it would do, if that was asked for or kept it from being done. */
  readonly preview: ErasurePreview | null;
  /** What it did; null if nothing was done. */
  readonly receipt: ErasureReceipt | null;
  readonly at: number;
  readonly orderedBy: string;
  /** Whether refused deliveries are kept, which an erasure can't look into. */
  readonly keepsRefused: boolean;
}

/** Characters of who ordered an erasure. */
const LONGEST_ORDER = 200;

export interface ErasingOptions {
  readonly log: EventLog;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export function erasingOperator({ log, now }: ErasingOptions, { who, noted, lasts }: Asker): ErasingOperator {
  return {
    async erase(of, { orderedBy: said, dryRun, evenSeveral }) {
      const request = toRequest(of);
      const orderedBy = said ?? nameOf(who);
      if (orderedBy.trim() === '' || orderedBy.length > LONGEST_ORDER) {
        throw badRequest(`Say who ordered the erasure in up to ${LONGEST_ORDER} characters.`);
      }
      // A mistyped source would find nothing, and look as if nothing had been known.
      if (of.source !== null) await requireSource(log, of.source);
      // A receipt that nobody gets can't be had again: what was erased is not found a second time.
      lasts();
      const at = now();
      const keepsRefused = (await log.listRefused({ limit: 1, now: at })).length > 0;
      const report = { at, orderedBy, keepsRefused };
      if (dryRun || !evenSeveral) {
        const preview = await log.previewErasure(request);
        if (dryRun || concernsSeveral(preview)) return { ...report, preview, receipt: null };
      }
      await noted('ERASE', [of.source, of.subject].filter(Boolean).join(' ') || null);
      return { ...report, preview: null, receipt: await log.erase(request, { at, orderedBy }) };
    },
  };
}

/** What has no subject may be about anything. */
function concernsSeveral({ subjects, withoutSubject }: Pick<ErasurePreview, 'subjects' | 'withoutSubject'>) {
  return subjects + withoutSubject > 1;
}

function toRequest({ source, subject, email }: ErasedPerson): ErasureRequest {
  if ((subject === null) === (email === null))
    throw badRequest('Say a source and a subject, or an e-mail address; not both.');
  if (email !== null) {
    if (!/^[^\s@]+@[^\s@]+$/.test(email)) throw badRequest('Expected one e-mail address.');
    return { by: 'email', email, source };
  }
  if (source === null) throw badRequest('The source is missing: a subject is one of a source.');
  if (subject === null || !/^[^/\s]+\/.+$/s.test(subject)) {
    throw badRequest('Expected a subject like ticket/… or booking/…, as the events have it.');
  }
  return { by: 'subject', source, subject, account: null, contacts: [] };
}

/** As the record of an erasure has it. */
function nameOf({ osUser, tokenId, holder }: Who): string {
  if (osUser !== null) return `operator ${osUser}`;
  return tokenId === null ? `holder ${holder}` : `token ${tokenId}`;
}
