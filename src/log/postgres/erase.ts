import type { ErasureOrder, ErasurePreview, ErasureReceipt, ErasureRequest } from '../../events/erasure.ts';
import { toAddress } from '../../events/trace.ts';
import type { Row, Value } from '../value.ts';
import { erasuresOf } from './answers.ts';
import type { Connection, Statement } from './connection.ts';
import { USUAL_TIMEOUT } from './session.ts';
import { ERASE, PREVIEW_ERASURE } from './statements.ts';
import { fromText, toText, toTextArray } from './text.ts';

/** How long an erasure may take, in milliseconds. An address may be in every event of a big account. */
const ERASING = 60_000;

/**
 * Erases people in one statement, which may take `ERASING` milliseconds.
 *
 * @param sender signs the notification.
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
  await connection.assertCommitted();
  return {
    erasures: erasuresOf(String(epoch), JSON.parse(String(told)) as Row[]),
    quarantined: Number(quarantined),
    passedOver: { ofNobody: Number(nobodys), common: Number(common) },
  };
}

/** Counts what an erasure would remove. It only reads. */
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

/** The parameters: source, tenant, subject, ids of the named contacts, address. */
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
    // Otherwise the connection's next user would have the same long timeout.
    connection.destroy();
    throw error;
  });
  await connection.script(USUAL_TIMEOUT, ERASING);
  return rows;
}
