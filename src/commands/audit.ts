import { holderNamed } from '../auth/authenticate.ts';
import type { AuditAction } from '../events/audit.ts';
import { momentOf } from './moment.ts';
import { nodesOf } from './operations.ts';
import { CommandError, type ListingTerminal } from './terminal.ts';
import { withOperations } from './with-operations.ts';

const LIST = `query AuditList($since: DateTime, $after: String) {
  audit(first: 100, after: $after, since: $since) {
    edges { node { at id action osUser tokenId holder operation target count } }
    pageInfo { hasNextPage endCursor }
  }
}`;
const LABELS = `query AuditLabels { tokens { id label } }`;

interface Entry {
  readonly at: string;
  readonly id: string;
  readonly action: AuditAction;
  readonly osUser: string | null;
  readonly tokenId: string | null;
  readonly holder: string | null;
  readonly operation: string | null;
  readonly target: string | null;
  readonly count: number | null;
}

export interface AuditCommandOptions {
  /** A moment or a day in ISO 8601. */
  readonly since?: string;
  /** The hash of a holder, as the audit shows it. */
  readonly holder?: string;
  /** The claim `sub` of tokens, and below the claim `iss`. */
  readonly sub?: string;
  readonly iss?: string;
  readonly json: boolean;
}

/** `hookcast audit`: who did what, and who read personal data, the oldest first. */
export async function audit(options: AuditCommandOptions, terminal: ListingTerminal): Promise<void> {
  const since = options.since === undefined ? null : new Date(momentOf(options.since)).toISOString();
  if (options.iss !== undefined && options.sub === undefined) throw new CommandError('--iss: say --sub as well.');
  const holder = options.sub === undefined ? options.holder : holderNamed(options.iss, options.sub);
  await withOperations(terminal, { command: 'audit' }, async (operations) => {
    const { tokens } = await operations.ask<{ readonly tokens: readonly { id: string; label: string | null }[] }>(
      LABELS,
    );
    const labels = new Map(tokens.map(({ id, label }) => [id, label]));
    let count = 0;
    for await (const entry of nodesOf<Entry>(operations, LIST, { since })) {
      if (holder !== undefined && entry.holder !== holder) continue;
      count += 1;
      const label = entry.tokenId === null ? null : (labels.get(entry.tokenId) ?? null);
      terminal.print(...(options.json ? [JSON.stringify(toJson(entry, label))] : columnsOf(entry, label)));
      if (!(await terminal.wantsMore())) return;
    }
    if (count === 0 && !options.json) terminal.print('The audit has no such entries.');
  });
}

function columnsOf({ at, action, operation, target, count, ...who }: Entry, label: string | null): string[] {
  return [
    at,
    action.toLowerCase().replace('_', ' '),
    whoIs(who, label),
    operation ?? '(no name)',
    ...(target === null ? [] : [target]),
    ...(count === null ? [] : [`${count} event${count === 1 ? '' : 's'}`]),
  ];
}

/** A user of the command line, the holder of a token with a label, of one with an id, or of one without an id. */
function whoIs({ osUser, tokenId, holder }: Pick<Entry, 'osUser' | 'tokenId' | 'holder'>, label: string | null) {
  if (osUser !== null) return `${osUser} (command line)`;
  const name = label === null ? '' : `${label}, `;
  return tokenId === null ? `holder ${holder}` : `${name}token ${tokenId}, holder ${holder}`;
}

function toJson({ id, ...entry }: Entry, tokenLabel: string | null): Record<string, unknown> {
  return { ...entry, id: Number(id), tokenLabel };
}
