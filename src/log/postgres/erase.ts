import type { ErasureOrder, ErasurePreview, ErasureReceipt, ErasureRequest } from '../../events/erasure.ts';
import { toAddress } from '../../events/trace.ts';
import type { Row, Value } from '../value.ts';
import { erasuresOf } from './answers.ts';
import type { Connection, Statement } from './connection.ts';
import { ERASE, PREVIEW_ERASURE } from './statements.ts';
import { fromText, toText, toTextArray } from './text.ts';

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
  const provider = request.by === 'subject' ? (request.account?.provider ?? null) : null;
  const parameters = [sender, provider && toText(provider), ...askedFor(request), at, toText(orderedBy)];
  const [[epoch, told, quarantined, nobodys, common] = []] = await askPatiently(connection, ERASE, parameters);
  return {
    erasures: erasuresOf(String(epoch), JSON.parse(String(told)) as Row[]),
    quarantined: Number(quarantined),
    passedOver: { ofNobody: Number(nobodys), common: Number(common) },
  };
}

/** What that would do: it only reads. */
export async function previewErasure(connection: Connection, request: ErasureRequest): Promise<ErasurePreview> {
  const [row = []] = await askPatiently(connection, PREVIEW_ERASURE, askedFor(request));
  const [events, ...counts] = row;
  const [subjects = 0, withoutSubject = 0, byId = 0, byAddress = 0, ...ofQuarantine] = counts.map(Number);
  const [quarantined = 0, nobodys = 0, common = 0] = ofQuarantine;
  return {
    events: (JSON.parse(String(events)) as [string, string, number][]).map(([source, type, count]) => ({
      source: fromText(source),
      type: fromText(type),
      count,
    })),
    subjects,
    withoutSubject,
    people: { byId, byAddress },
    quarantined,
    passedOver: { ofNobody: nobodys, common },
  };
}

/** Of which source, tenant and subject; the ids of contacts that are named; the address. */
function askedFor(request: ErasureRequest): Value[] {
  const of = request.by === 'subject' ? [request.account?.tenant ?? null, request.subject] : [null, null];
  return [
    ...[request.source, ...of].map((text) => (text === null ? null : toText(text))),
    toTextArray((request.by === 'subject' ? request.contacts : []).map(toText)),
    request.by === 'email' ? toText(toAddress(request.email)) : null,
  ];
}

async function askPatiently(
  connection: Connection,
  statement: Statement,
  parameters: readonly Value[],
): Promise<readonly Row[]> {
  await connection.script(`SET statement_timeout = ${ERASING}`, ERASING);
  const rows = await connection.ask(statement, parameters, ERASING).catch((error: unknown) => {
    // Otherwise its next user would wait for as long.
    connection.destroy();
    throw error;
  });
  await connection.script('RESET statement_timeout', ERASING);
  return rows;
}
