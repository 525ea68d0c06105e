import type { AuditAction, AuditEntry, NewAuditEntry } from '../events/audit.ts';
import type { Row } from './value.ts';

export const NEW_AUDIT_COLUMNS = [
  'noted_at',
  'action',
  'os_user',
  'token_id',
  'holder',
  'operation',
  'target',
  'count',
] as const;
export const AUDIT_COLUMNS = ['id', ...NEW_AUDIT_COLUMNS] as const;

export function toAuditRow(entry: NewAuditEntry): Row {
  const { at, action, osUser, tokenId, holder, operation, target, count } = entry;
  return [at, action, osUser, tokenId, holder, operation, target, count];
}

export function fromAuditRow([id, at, action, osUser, tokenId, holder, operation, target, count]: Row): AuditEntry {
  return {
    id: Number(id),
    at: Number(at),
    action: String(action) as AuditAction,
    osUser: orNull(osUser),
    tokenId: orNull(tokenId),
    holder: orNull(holder),
    operation: orNull(operation),
    target: orNull(target),
    count: count === null || count === undefined ? null : Number(count),
  };
}

function orNull(value: Row[number] | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
