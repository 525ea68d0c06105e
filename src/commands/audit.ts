import { holderNamed } from '../auth/authenticate.ts';
import type { AuditEntry } from '../events/audit.ts';
import type { EventLog } from '../events/event-log.ts';
import { momentOf } from './moment.ts';
import { CommandError, type Terminal } from './terminal.ts';
import { withLog } from './with-log.ts';

export interface AuditOptions {
  /** A moment or a day, as ISO 8601 writes it. */
  readonly since?: string;
  /** As the audit has it. */
  readonly holder?: string;
  /** What tokens say as `sub` and `iss`. */
  readonly sub?: string;
  readonly iss?: string;
  readonly json: boolean;
}

const PAGE = 500;

/** `hookcast audit`: who did what, and who read personal data, the oldest first. */
export async function audit(options: AuditOptions, terminal: Terminal): Promise<void> {
  const since = options.since === undefined ? undefined : momentOf(options.since);
  if (options.iss !== undefined && options.sub === undefined) throw new CommandError('--iss: say --sub as well.');
  const holder = options.sub === undefined ? options.holder : holderNamed(options.iss, options.sub);
  await withLog(terminal, async (log) => {
    const labels = new Map((await log.listTokens()).map(({ id, label }) => [id, label]));
    let count = 0;
    for await (const entry of entries(log, since)) {
      if (holder !== undefined && entry.holder !== holder) continue;
      count += 1;
      const label = entry.tokenId === null ? null : (labels.get(entry.tokenId) ?? null);
      terminal.print(...(options.json ? [JSON.stringify(toJson(entry, label))] : columnsOf(entry, label)));
    }
    if (count === 0 && !options.json) terminal.print('Nothing was noted.');
  });
}

async function* entries(log: EventLog, since: number | undefined): AsyncGenerator<AuditEntry> {
  for (let after = 0; ;) {
    const page = await log.listAudit({ after, since, limit: PAGE });
    yield* page;
    if (page.length < PAGE) return;
    after = page.at(-1)!.id;
  }
}

function columnsOf({ at, action, operation, target, count, ...who }: AuditEntry, label: string | null): string[] {
  return [
    new Date(at).toISOString(),
    action.toLowerCase().replace('_', ' '),
    whoIs(who, label),
    operation ?? '(no name)',
    ...(target === null ? [] : [target]),
    ...(count === null ? [] : [`${count} event${count === 1 ? '' : 's'}`]),
  ];
}

/** By the command line, a token that was issued here, another with an id, or one that has none. */
function whoIs({ osUser, tokenId, holder }: Pick<AuditEntry, 'osUser' | 'tokenId' | 'holder'>, label: string | null) {
  if (osUser !== null) return `${osUser} (command line)`;
  const name = label === null ? '' : `${label}, `;
  return tokenId === null ? `holder ${holder}` : `${name}token ${tokenId}, holder ${holder}`;
}

function toJson({ at, ...entry }: AuditEntry, tokenLabel: string | null): Record<string, unknown> {
  return { at: new Date(at).toISOString(), ...entry, tokenLabel };
}
