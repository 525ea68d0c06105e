import type { ErasureOrder, ErasureReceipt, ErasureRequest } from '../../events/erasure.ts';
import { toAddress } from '../../events/trace.ts';
import type { Row } from '../row.ts';
import { erasuresOf } from './answers.ts';
import type { Connection } from './connection.ts';
import { ERASE } from './statements.ts';
import { toText, toTextArray } from './text.ts';

/** How long an erasure may take, in milliseconds: that of an address in every event of a big account takes its time. */
const ERASING = 60_000;

/**
 * Forgets people: one statement, however long it takes.
 *
 * @param sender signs what is notified.
 */
export async function erase(
  connection: Connection,
  sender: string,
  request: ErasureRequest,
  { at, orderedBy }: ErasureOrder,
): Promise<ErasureReceipt> {
  const of =
    request.by === 'subject'
      ? [request.account?.provider, request.source, request.account?.tenant, request.subject]
      : [null, request.source, null, null];
  const parameters = [
    sender,
    ...of.map((text) => (typeof text === 'string' ? toText(text) : null)),
    toTextArray((request.by === 'subject' ? request.contacts : []).map(toText)),
    request.by === 'email' ? toText(toAddress(request.email)) : null,
    at,
    toText(orderedBy),
  ];
  await connection.script(`SET statement_timeout = ${ERASING}`, ERASING);
  const [[epoch, told, quarantined] = []] = await connection.ask(ERASE, parameters, ERASING).catch((error: unknown) => {
    // Or whoever has it next would wait for as long.
    connection.destroy();
    throw error;
  });
  await connection.script('RESET statement_timeout', ERASING);
  return {
    erasures: erasuresOf(String(epoch), JSON.parse(String(told)) as Row[]),
    quarantined: Number(quarantined),
  };
}
