import { userInfo } from 'node:os';
import { FEW, type PassedOver } from '../events/erasure.ts';
import { HookcastError } from '../errors.ts';
import type { Operations } from './operations.ts';
import { CommandError, type Terminal } from './terminal.ts';
import { withOperations } from './with-operations.ts';

const PASSED_OVER = 'passedOver { ofNobody common }';
const ERASE = `mutation Erase(
  $source: String, $subject: String, $email: String, $orderedBy: String, $dryRun: Boolean, $evenSeveral: Boolean
) {
  erase(
    source: $source, subject: $subject, email: $email, orderedBy: $orderedBy, dryRun: $dryRun, evenSeveral: $evenSeveral
  ) {
    at orderedBy keepsRefused
    preview {
      events { source type count } subjects withoutSubject peopleById peopleByAddress quarantined ${PASSED_OVER}
    }
    receipt { count events { source eventId } quarantined ${PASSED_OVER} }
  }
}`;

interface Preview {
  readonly events: readonly { readonly source: string; readonly type: string; readonly count: number }[];
  readonly subjects: number;
  readonly withoutSubject: number;
  readonly peopleById: number;
  readonly peopleByAddress: number;
  readonly quarantined: number;
  readonly passedOver: PassedOver;
}

interface Receipt {
  readonly count: number;
  readonly events: readonly { readonly source: string; readonly eventId: string }[];
  readonly quarantined: number;
  readonly passedOver: PassedOver;
}

interface Report {
  readonly at: string;
  readonly orderedBy: string;
  readonly keepsRefused: boolean;
  readonly preview: Preview | null;
  readonly receipt: Receipt | null;
}

/** The person whose data is erased, in the form of the operation's arguments. */
interface Person {
  readonly source: string | null;
  readonly subject: string | null;
  readonly email: string | null;
}

export interface EraseOptions {
  readonly source?: string;
  readonly subject?: string;
  readonly email?: string;
  /** Who asked for the erasure. If it is left out, the operator. */
  readonly by?: string;
  readonly dryRun?: boolean;
  /** Whether to erase even if more than one subject, or several deliveries in quarantine, lose data. */
  readonly yes?: boolean;
}

/**
 * `hookcast erase`: erases a person's data, and prints a receipt that names nobody. An erasure can't be undone. So if it
 * concerns more than one subject, the command first shows what it would do, and needs a confirmation.
 */
export async function erase(options: EraseOptions, terminal: Terminal): Promise<void> {
  const person = toPerson(options);
  const orderedBy = options.by ?? `operator ${userInfo().username}`;
  const how = { orderedBy, dryRun: options.dryRun ?? false, evenSeveral: options.yes ?? false };
  await withOperations(terminal, { command: 'erase' }, async (operations) => {
    const { erase: report } = await ask(operations, { ...person, ...how });
    if (report.preview) printPreview(person, report.preview, terminal);
    if (how.dryRun) return terminal.print('This was a dry run: nothing was changed.');
    if (!report.receipt) {
      throw new CommandError(
        'Nothing was erased, since this concerns more than one subject, or several deliveries in quarantine. If you mean all of them, run it again with --yes.',
      );
    }
    printReceipt(person, report, report.receipt, terminal);
    if (report.keepsRefused) terminal.print(REFUSED);
  });
}

const REFUSED =
  'Deliveries that were refused for their signature are kept as well (KEEP_REFUSED), but can’t be searched. They are deleted when they ' +
  'expire, or by "hookcast refused drop --all".';

function printPreview(person: Person, preview: Preview, { print }: Terminal): void {
  const { events, subjects, withoutSubject, peopleById, peopleByAddress, quarantined, passedOver } = preview;
  const bare = withoutSubject > 0 ? `, and ${counted(withoutSubject, 'event')} without a subject` : '';
  print('What this erasure would do');
  print(`  of          ${ofWhom(person)}`);
  print(`  events      ${events.reduce((sum, { count }) => sum + count, 0)}`);
  for (const { source, type, count } of events) print(`              ${count} ${source} ${type}`);
  print(`  subjects    ${subjects}${bare}`);
  print(`  people      ${peopleById} by their providers' ids, ${peopleByAddress} by their e-mail addresses`);
  print(`  quarantine  ${quarantined}`);
  for (const line of notLookedFor(passedOver)) print(line);
}

function printReceipt(
  person: Person,
  { at, orderedBy }: Pick<Report, 'at' | 'orderedBy'>,
  { count, events, quarantined, passedOver }: Receipt,
  { print }: Terminal,
): void {
  print('Receipt of an erasure');
  print(`  when        ${at}`);
  print(`  ordered by  ${orderedBy}`);
  print(`  of          ${ofWhom(person)}`);
  print(`  events      ${count}`);
  for (const { source, eventId } of events) print(`              ${source} ${eventId}`);
  if (count > events.length) print(`              … and ${count - events.length} more`);
  print(`  quarantine  ${quarantined}`);
  for (const line of notLookedFor(passedOver)) print(line);
  if (count + quarantined === 0) print('Nothing was found.');
  else {
    // Subscribers never received the deliveries in quarantine.
    const told = count > 0 ? '; subscribers are told' : '';
    print(`Their personal data is gone from the log${told}. Erase or delete your backups yourself.`);
    if (quarantined > 0) print('The deliveries in quarantine are kept without them.');
  }
  print(lateArrivals(person));
}

/** The ids that the quarantine was not searched for. */
function notLookedFor({ ofNobody, common }: PassedOver): string[] {
  const lines: string[] = [];
  if (ofNobody > 0) lines.push(`${counted(ofNobody, 'id')} that providers write when there is no person`);
  if (common > 0) {
    lines.push(
      `${counted(common, 'id')}, each in more than ${FEW} waiting deliveries, so it can't identify one person. ` +
        'Look through "hookcast quarantine list"',
    );
  }
  return lines.map((line) => `              not searched for: ${line}.`);
}

async function ask(operations: Operations, variables: Readonly<Record<string, unknown>>) {
  try {
    return await operations.ask<{ readonly erase: Report }>(ERASE, variables);
  } catch (error) {
    if (!(error instanceof HookcastError) || error.code !== 'TIMED_OUT') throw error;
    // The lost answer had the receipt of what was erased. The gateway's records of erasures and its audit have it too.
    throw new CommandError(
      `${error.message} An erasure that has begun is carried out to its end, without a receipt here: run this again later to see whether ` +
        'anything is left. "hookcast audit" shows when it began.',
    );
  }
}

/** The same as a table in docs/OPERATING.md. The log knows only what the request named. */
function lateArrivals({ email }: Person): string {
  return email === null
    ? 'Events of this subject that arrive later are recorded without personal data. Events about another subject, or ' +
        'about none, are not affected.'
    : 'Events with this address are recorded without personal data if they happened before now, however late they arrive, ' +
        'and for 72 hours also if they happen after now. Events that happen and arrive later are recorded with personal data.';
}

function ofWhom({ source, subject, email }: Person): string {
  return email === null ? `${source} ${subject}` : 'an e-mail address';
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function toPerson({ source, subject, email }: EraseOptions): Person {
  if (subject !== undefined && email !== undefined) {
    throw new CommandError('Say --subject or --email, not both.');
  }
  if (subject === undefined && email === undefined) {
    throw new CommandError('Say whose data is to be erased: --source and --subject, or --email.');
  }
  if (email !== undefined) {
    if (!/^[^\s@]+@[^\s@]+$/.test(email)) throw new CommandError('--email: expected one e-mail address.');
    return { source: source ?? null, subject: null, email };
  }
  if (source === undefined) throw new CommandError('--source is missing: name the source of the subject.');
  if (!/^[^/\s]+\/.+$/s.test(subject ?? '')) {
    throw new CommandError('--subject: expected one like ticket/… or booking/…, as the events have it.');
  }
  return { source, subject: subject ?? null, email: null };
}
