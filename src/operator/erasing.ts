import type { ErasurePreview, ErasureReceipt, ErasureRequest } from '../events/erasure.ts';
import type { EventLog } from '../events/event-log.ts';
import { requireSource } from '../events/known-source.ts';
import { type Asker, type Who, badRequest } from './asker.ts';

export interface ErasingOperator {
  /** Erases a person's data, or only tells what would be erased. */
  erase(of: ErasedPerson, how: ErasureOptions): Promise<ErasureReport>;
}

/** The person whose data is to be erased, before the request was checked. */
export interface ErasedPerson {
  readonly source: string | null;
  readonly subject: string | null;
  readonly email: string | null;
}

export interface ErasureOptions {
  /** Who ordered the erasure. Null means the operator who asks. */
  readonly orderedBy: string | null;
  readonly dryRun: boolean;
  /** Whether to erase even if more than one subject, or more than one delivery in quarantine, would lose something. */
  readonly evenSeveral: boolean;
}

export interface ErasureReport {
  /** What would be erased, if that was asked for or kept the erasure from being done. Null otherwise. */
  readonly preview: ErasurePreview | null;
  /** What was erased. Null if nothing was done. */
  readonly receipt: ErasureReceipt | null;
  readonly at: number;
  readonly orderedBy: string;
  /** Whether refused deliveries are kept. An erasure can't look into them. */
  readonly keepsRefused: boolean;
}

/** The most characters that name who ordered an erasure. */
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
        throw badRequest(`Name who ordered the erasure, in up to ${LONGEST_ORDER} characters.`);
      }
      // For a mistyped source nothing would be found, as if nothing were known about the person.
      if (of.source !== null) await requireSource(log, of.source);
      // The receipt can't be made again: data that was erased is not found a second time.
      lasts();
      const at = now();
      const keepsRefused = (await log.refused.list({ limit: 1, now: at })).length > 0;
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

/**
 * Whether the erasure concerns several subjects. An event without a subject may be about anything, so it counts as one. One delivery in
 * quarantine is probably about the same subject. Several may be about several people who have a word in common.
 */
function concernsSeveral({ subjects, withoutSubject, quarantined }: ErasurePreview): boolean {
  return subjects + withoutSubject > 1 || quarantined > 1;
}

function toRequest({ source, subject, email }: ErasedPerson): ErasureRequest {
  if ((subject === null) === (email === null))
    throw badRequest('Give a source and a subject, or an e-mail address, not both.');
  if (email !== null) {
    if (!/^[^\s@]+@[^\s@]+$/.test(email)) throw badRequest('Expected one e-mail address.');
    return { by: 'email', email, source };
  }
  if (source === null) throw badRequest('The source is missing: a subject belongs to a source.');
  if (subject === null || !/^[^/\s]+\/.+$/s.test(subject)) {
    throw badRequest('Expected a subject like ticket/… or booking/…, as the events have it.');
  }
  return { by: 'subject', source, subject, account: null, contacts: [] };
}

/** The operator's name in the record of an erasure. */
function nameOf({ osUser, tokenId, holder }: Who): string {
  if (osUser !== null) return `operator ${osUser}`;
  return tokenId === null ? `holder ${holder}` : `token ${tokenId}`;
}
