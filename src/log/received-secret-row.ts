import type { ReceivedSecret } from '../events/received-secret.ts';
import type { Row } from './value.ts';

export const BROUGHT_COLUMNS = ['source', 'secret', 'brought_at'] as const;

export function toReceivedSecretRow({ source, secret, at }: ReceivedSecret): Row {
  return [source, secret, at];
}

export function fromReceivedSecretRow([source, secret, at]: Row): ReceivedSecret {
  return { source: String(source), secret: String(secret), at: Number(at) };
}
