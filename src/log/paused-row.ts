import type { Paused } from '../events/paused.ts';
import type { Row } from './value.ts';

export const PAUSED_COLUMNS = ['source', 'paused_at', 'os_user', 'token_id', 'holder', 'reason'] as const;

export function toPausedRow({ source, at, osUser, tokenId, holder, reason }: Paused): Row {
  return [source, at, osUser, tokenId, holder, reason];
}

export function fromPausedRow([source, at, osUser, tokenId, holder, reason]: Row): Paused {
  return {
    source: String(source),
    at: Number(at),
    osUser: orNull(osUser),
    tokenId: orNull(tokenId),
    holder: orNull(holder),
    reason: orNull(reason),
  };
}

function orNull(value: Row[number] | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
