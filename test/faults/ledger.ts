import { DatabaseSync } from 'node:sqlite';
import type { Findings } from './findings.ts';

/** The deliveries that were sent, those that were answered 200, and those in the log: none that was acknowledged is lost, and none is there twice. */
export function expectComplete(
  findings: Findings,
  what: { readonly acknowledged: ReadonlySet<string>; readonly sent?: ReadonlySet<string>; readonly logged: string[] },
): void {
  const { acknowledged, sent, logged } = what;
  const kept = new Set(logged);
  const lost = [...acknowledged].filter((id) => !kept.has(id));
  findings.expect(lost.length === 0, 'LOG2', () => `${lost.length} acknowledged events are lost: ${some(lost)}`);
  findings.expect(kept.size === logged.length, 'IN3', () => `${logged.length - kept.size} events are there twice`);
  const foreign = sent ? logged.filter((id) => !sent.has(id)) : [];
  findings.expect(foreign.length === 0, 'IN2', () => `nobody sent ${some(foreign)}`);
}

/** How many events and deliveries in quarantine a file has, whatever the gateway says. */
export function countRows(path: string): { readonly events: number; readonly quarantined: number } {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const count = (table: string) => Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n']);
    return { events: count('events'), quarantined: count('quarantine') };
  } finally {
    database.close();
  }
}

/** The faults that SQLite finds in a file. */
export function checkIntegrity(path: string): string[] {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const rows = database.prepare('PRAGMA integrity_check').all();
    return rows.map((row) => String(row['integrity_check'])).filter((said) => said !== 'ok');
  } finally {
    database.close();
  }
}

export function some(ids: readonly string[]): string {
  return `${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ' …' : ''}`;
}
