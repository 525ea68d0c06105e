import { userInfo } from 'node:os';
import type { ErasureRequest } from '../events/erasure.ts';
import { requireSource } from './require-source.ts';
import { CommandError, type Terminal } from './terminal.ts';
import { withLog } from './with-log.ts';

export interface EraseOptions {
  readonly source?: string;
  readonly subject?: string;
  readonly email?: string;
  /** Who asked for it; the operator when it is left out. */
  readonly by?: string;
}

/** `hookcast erase`: forgets what is known of somebody, and prints a receipt that names nobody. */
export async function erase(options: EraseOptions, terminal: Terminal): Promise<void> {
  const request = toRequest(options);
  const orderedBy = options.by ?? `operator ${userInfo().username}`;
  const at = Date.now();
  const { erasures, quarantined } = await withLog(terminal, async (log) => {
    // A mistyped source would find nothing, and look as if nothing had been known.
    if (request.source !== null) await requireSource(log, request.source);
    return log.erase(request, { at, orderedBy });
  });
  const eventIds = erasures.flatMap(({ source, eventIds }) => eventIds.map((id) => `${source} ${id}`));
  const { print } = terminal;
  print('Receipt of an erasure');
  print(`  when        ${new Date(at).toISOString()}`);
  print(`  ordered by  ${orderedBy}`);
  print(`  of          ${request.by === 'subject' ? `${request.source} ${request.subject}` : 'an e-mail address'}`);
  print(`  events      ${eventIds.length}`);
  for (const id of eventIds) print(`              ${id}`);
  print(`  quarantine  ${quarantined}`);
  if (eventIds.length + quarantined === 0) {
    print('Nothing was found. What arrives late about them is recorded without personal data all the same.');
  } else {
    // Of what waits in quarantine nobody was told to begin with.
    const told = eventIds.length > 0 ? '; subscribers are told' : '';
    print(`Their personal data is gone from the log${told}. Backups of it are yours to see to.`);
  }
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
