import type { Brought } from '../events/brought.ts';
import type { Row } from './row.ts';

export const BROUGHT_COLUMNS = ['source', 'secret', 'brought_at'] as const;

export function toBroughtRow({ source, secret, at }: Brought): Row {
  return [source, secret, at];
}

export function fromBroughtRow([source, secret, at]: Row): Brought {
  return { source: String(source), secret: String(secret), at: Number(at) };
}
