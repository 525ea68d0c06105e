import { userInfo } from 'node:os';
import {
  type ErasurePreview,
  type ErasureReceipt,
  type ErasureRequest,
  FEW,
  type PassedOver,
} from '../events/erasure.ts';
import { note } from './note.ts';
import { requireSource } from './require-source.ts';
import { CommandError, type Terminal } from './terminal.ts';
import { withLog } from './with-log.ts';

export interface EraseOptions {
  readonly source?: string;
  readonly subject?: string;
  readonly email?: string;
  /** Who asked for it; the operator when it is left out. */
  readonly by?: string;
  readonly dryRun?: boolean;
  /** Also when more than one subject loses something. */
  readonly yes?: boolean;
}

/**
 * `hookcast erase`: forgets what is known of somebody, and prints a receipt that names nobody. Since nothing brings it back, it
 * first shows what an erasure of more than one subject would do, and wants to be told that all of it is meant.
 */
export async function erase(options: EraseOptions, terminal: Terminal): Promise<void> {
  const request = toRequest(options);
  const orderedBy = options.by ?? `operator ${userInfo().username}`;
  const at = Date.now();
  await withLog(terminal, async (log) => {
    // A mistyped source would find nothing, and look as if nothing had been known.
    if (request.source !== null) await requireSource(log, request.source);
    if (options.dryRun || !options.yes) {
      const preview = await log.previewErasure(request);
      if (options.dryRun || concernsSeveral(preview)) printPreview(request, preview, terminal);
      if (options.dryRun) return terminal.print('This was a dry run: nothing was changed.');
      if (concernsSeveral(preview)) {
        throw new CommandError(
          'Nothing was erased, since this concerns more than one subject. If all of it is meant, run it again with --yes.',
        );
      }
    }
    const subject = options.subject === undefined ? [] : [options.subject];
    await note(log, 'erase', {
      action: 'ERASE',
      target: [options.source, ...subject].filter(Boolean).join(' ') || null,
    });
    printReceipt(request, await log.erase(request, { at, orderedBy }), { at, orderedBy }, terminal);
    const kept = await log.listRefused({ limit: 1, now: at });
    if (kept.length > 0) terminal.print(REFUSED);
  });
}

const REFUSED =
  'Deliveries that were refused for their signature are kept as well (KEEP_REFUSED), and are not looked into: they are forgotten by ' +
  'themselves, or by "hookcast refused drop --all".';

/** What has no subject may be about anything. */
function concernsSeveral({ subjects, withoutSubject }: ErasurePreview): boolean {
  return subjects + withoutSubject > 1;
}

function printPreview(request: ErasureRequest, preview: ErasurePreview, { print }: Terminal): void {
  const { events, subjects, withoutSubject, people, quarantined, passedOver } = preview;
  const bare = withoutSubject > 0 ? `, and ${counted(withoutSubject, 'event')} without a subject` : '';
  print('What this erasure would do');
  print(`  of          ${ofWhom(request)}`);
  print(`  events      ${events.reduce((sum, { count }) => sum + count, 0)}`);
  for (const { source, type, count } of events) print(`              ${count} ${source} ${type}`);
  print(`  subjects    ${subjects}${bare}`);
  print(`  people      ${people.byId} by their providers' ids, ${people.byAddress} by their e-mail addresses`);
  print(`  quarantine  ${quarantined}`);
  for (const line of notLookedFor(passedOver)) print(line);
}

function printReceipt(
  request: ErasureRequest,
  { erasures, quarantined, passedOver }: ErasureReceipt,
  { at, orderedBy }: { readonly at: number; readonly orderedBy: string },
  { print }: Terminal,
): void {
  const eventIds = erasures.flatMap(({ source, eventIds }) => eventIds.map((id) => `${source} ${id}`));
  print('Receipt of an erasure');
  print(`  when        ${new Date(at).toISOString()}`);
  print(`  ordered by  ${orderedBy}`);
  print(`  of          ${ofWhom(request)}`);
  print(`  events      ${eventIds.length}`);
  for (const id of eventIds) print(`              ${id}`);
  print(`  quarantine  ${quarantined}`);
  for (const line of notLookedFor(passedOver)) print(line);
  if (eventIds.length + quarantined === 0) print('Nothing was found.');
  else {
    // Of what waits in quarantine nobody was told to begin with.
    const told = eventIds.length > 0 ? '; subscribers are told' : '';
    print(`Their personal data is gone from the log${told}. Backups of it are yours to see to.`);
    if (quarantined > 0) print('The deliveries in quarantine are kept without them.');
  }
  print(lateArrivals(request));
}

/** By which ids nothing was looked for in quarantine. */
function notLookedFor({ ofNobody, common }: PassedOver): string[] {
  const lines: string[] = [];
  if (ofNobody > 0) lines.push(`${counted(ofNobody, 'id')} that providers write where there is nobody`);
  if (common > 0) {
    lines.push(
      `${counted(common, 'id')}, each in more than ${FEW} waiting deliveries, so that it can't be one person's. ` +
        'Look through "hookcast quarantine list"',
    );
  }
  return lines.map((line) => `              not looked for: ${line}.`);
}

/** What docs/OPERATING.md has as a table: the log itself knows no more than what was asked for. */
function lateArrivals(request: ErasureRequest): string {
  return request.by === 'subject'
    ? 'Events of this subject that arrive later are recorded without personal data. Events that name another subject, or ' +
        'none, are not held back by it.'
    : 'Events with this address are recorded without personal data if they happened before now, however late they arrive, ' +
        'and for 72 hours also if they happen from now on. What happens and arrives after that is recorded with it.';
}

function ofWhom(request: ErasureRequest): string {
  return request.by === 'subject' ? `${request.source} ${request.subject}` : 'an e-mail address';
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function toRequest({ source, subject, email }: EraseOptions): ErasureRequest {
  if (subject !== undefined && email !== undefined) {
    throw new CommandError('Say --subject or --email, not both.');
  }
  if (subject === undefined && email === undefined) {
    throw new CommandError('Say whose data is to be erased: --source and --subject, or --email.');
  }
  if (email !== undefined) {
    if (!/^[^\s@]+@[^\s@]+$/.test(email)) throw new CommandError('--email: expected one e-mail address.');
    return { by: 'email', email, source: source ?? null };
  }
  if (source === undefined) throw new CommandError('--source is missing: a subject is one of a source.');
  if (!/^[^/\s]+\/.+$/s.test(subject ?? '')) {
    throw new CommandError('--subject: expected one like ticket/… or booking/…, as the events have it.');
  }
  return { by: 'subject', source, subject: subject ?? '', account: null, contacts: [] };
}
