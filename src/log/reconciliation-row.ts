import type { Reconciliation } from '../events/reconciliation.ts';
import type { Row } from './value.ts';

export const RECONCILIATION_COLUMNS = [
  'source',
  'since_at',
  'cursor',
  'run_at',
  'completed_at',
  'due_at',
  'trouble',
  'webhook',
  'seen',
  'missed',
] as const;

export function toReconciliationRow(reconciliation: Reconciliation): Row {
  const { source, since, cursor, runAt, completedAt, dueAt, trouble, webhook, seen, missed } = reconciliation;
  return [source, since, cursor, runAt, completedAt, dueAt, trouble, webhook, seen, JSON.stringify(missed)];
}

export function fromReconciliationRow(row: Row): Reconciliation {
  const [source, since, cursor, runAt, completedAt, dueAt, trouble, webhook, seen, missed] = row;
  return {
    source: String(source),
    since: numberOf(since),
    cursor: textOf(cursor),
    runAt: numberOf(runAt),
    completedAt: numberOf(completedAt),
    dueAt: Number(dueAt),
    trouble: textOf(trouble),
    webhook: textOf(webhook) as Reconciliation['webhook'],
    seen: Number(seen),
    missed: JSON.parse(String(missed)) as Record<string, number>,
  };
}

function numberOf(value: Row[number] | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}

function textOf(value: Row[number] | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
