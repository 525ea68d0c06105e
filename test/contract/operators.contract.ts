import { expect, it } from 'vitest';
import type { NewAuditEntry } from '../../src/events/audit.ts';
import type { Paused } from '../../src/events/paused.ts';
import { RECONCILING, type Reconciliation } from '../../src/events/reconciliation.ts';
import type { NewRefused } from '../../src/events/refused.ts';
import type { Token } from '../../src/events/token.ts';
import type { LogUnderTest } from './log-under-test.ts';

export function newToken(fields: Partial<Token> = {}): Token {
  return {
    id: `token-${Math.random()}`,
    label: 'Ana',
    tenants: ['eduzz:1'],
    scope: 'events:read',
    issuedAt: 1_000,
    expiresAt: 9_000,
    revokedAt: null,
    usedAt: null,
    ...fields,
  };
}

export function newEntry(fields: Partial<NewAuditEntry> = {}): NewAuditEntry {
  const nothing = { osUser: null, tokenId: null, holder: null, operation: null, target: null, count: null };
  return { at: 1_000, action: 'READ_PERSONAL', ...nothing, ...fields };
}

export function newPaused(fields: Partial<Paused> = {}): Paused {
  return {
    source: 'eduzz',
    at: 1_000,
    osUser: null,
    tokenId: 'a',
    holder: 'h',
    reason: 'they resend a year',
    ...fields,
  };
}

export function newReconciliation(fields: Partial<Reconciliation> = {}): Reconciliation {
  return {
    source: 'stripe',
    since: 1_000,
    cursor: 'evt_1',
    runAt: 2_000,
    completedAt: null,
    dueAt: 0,
    trouble: null,
    webhook: null,
    seen: 100,
    missed: {},
    ...fields,
  };
}

/** The promises of every adapter about the actions of operators, and about gateways' notes of their sources. */
export function describeOperators({ open, again }: LogUnderTest): void {
  it('AUTH5.2 keeps tokens by their ids, and other processes see by one number that one was issued or revoked', async () => {
    const log = await open();
    const other = await again(log);
    const before = await other.tokens.changes();
    const odd = newToken({ id: 'a\0b', label: '\ud800 Rosa', tenants: ['*', 'eduzz:\ud800'] });
    await log.tokens.keep(odd);
    const issued = await other.tokens.changes();
    expect(issued).not.toBe(before);
    expect(await other.tokens.list()).toEqual([odd]);
    await expect(log.tokens.keep(odd)).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    // To use it is no change that a gateway has to know of, and an earlier use changes nothing.
    await log.tokens.use([
      { id: odd.id, at: 5_000 },
      { id: 'nobody knows it', at: 6_000 },
    ]);
    await other.tokens.use([{ id: odd.id, at: 4_000 }]);
    expect(await other.tokens.changes()).toBe(issued);
    expect(await other.tokens.revoke(odd.id, 7_000)).toEqual({ ...odd, usedAt: 5_000, revokedAt: 7_000 });
    expect(await log.tokens.changes()).not.toBe(issued);
    // The first moment stays.
    expect(await log.tokens.revoke(odd.id, 8_000)).toMatchObject({ revokedAt: 7_000 });
    const nothing = { label: null, tenants: null, scope: null, issuedAt: null, expiresAt: null, usedAt: null };
    expect(await log.tokens.revoke('theirs', 8_000)).toEqual({ id: 'theirs', ...nothing, revokedAt: 8_000 });
    const changes = await log.tokens.changes();
    await Promise.all([1, 2, 3, 4].map((one) => (one % 2 ? log : other).tokens.revoke(`theirs ${one}`, 1)));
    expect(await log.tokens.changes()).toBe(changes + 4);
    // Expired tokens are deleted; the expiry of the others is unknown.
    await log.trim(9_001);
    const left = (await log.tokens.list()).map(({ id }) => id);
    expect(left).toEqual(['theirs', 'theirs 1', 'theirs 2', 'theirs 3', 'theirs 4']);
  });

  it('AUTH6.1 keeps what was done in its order, reads it from both ends and from a moment on, and forgets it by its age', async () => {
    const log = await open();
    const other = await again(log);
    const hour = 3_600_000;
    const first = newEntry({ at: hour, osUser: 'ana', action: 'ERASE', target: 'a\0b \ud800' });
    const read = newEntry({ at: 3 * hour, tokenId: 'a', holder: 'h', operation: 'Board', count: 3e9 });
    await log.audit.add([first, read]);
    await other.audit.add([newEntry({ at: 2 * hour }), newEntry({ at: 5 * hour, action: 'REVOKE' })]);
    await log.audit.add([]);
    const all = await log.audit.list({ limit: 10 });
    expect(all).toMatchObject([first, read, newEntry({ at: 2 * hour }), newEntry({ at: 5 * hour, action: 'REVOKE' })]);
    const ids = all.map(({ id }) => id);
    expect(ids).toEqual(ids.toSorted((one, other) => one - other));
    const listed = async (request: Partial<Parameters<typeof log.audit.list>[0]>) =>
      (await other.audit.list({ limit: 10, ...request })).map(({ id }) => ids.indexOf(id));
    expect(await listed({ after: ids[0], limit: 2 })).toEqual([1, 2]);
    expect(await listed({ direction: 'backward', limit: 2 })).toEqual([2, 3]);
    expect(await listed({ direction: 'backward', before: ids[3], limit: 2 })).toEqual([1, 2]);
    // Also where a gateway whose clock is behind has noted something in between.
    expect(await listed({ since: 2.5 * hour })).toEqual([1, 3]);
    expect(await listed({ direction: 'backward', since: 2.5 * hour, limit: 1 })).toEqual([3]);
    expect(await other.audit.trim(2 * hour + 1)).toBe(2);
    expect(await listed({})).toEqual([1, 3]);
  });

  it('IN12.3 keeps refused deliveries within a bound, each once, and never deletes one for another', async () => {
    const log = await open();
    const other = await again(log);
    const one = (sender: string, digest: string, fields: Partial<NewRefused> = {}): NewRefused => ({
      source: 'eduzz',
      sender,
      digest,
      reason: 'SIGNATURE_INVALID',
      size: 10,
      sealed: 'encrypted',
      receivedAt: 1_000,
      expiresAt: 9_000,
      ...fields,
    });
    const room = { count: 8, size: 100 };
    const real = [one('real', 'a'), one('real', 'b')];
    expect(await log.refused.keep([...real, one('real', 'a')], room)).toEqual(['kept', 'kept', 'known']);
    // A flood from one address takes half of it, however long it lasts; another sender has room all the same.
    const flood = Array.from({ length: 6 }, (_, index) => one('flood', `f${index}`));
    expect((await other.refused.keep(flood, room)).filter((keeping) => keeping === 'kept')).toHaveLength(4);
    expect(await other.refused.keep([one('flood', 'more'), one('real', 'c')], room)).toEqual(['full', 'kept']);
    expect(await log.refused.keep([one('flood', 'a', { source: 'wix' })], room)).toEqual(['kept']);
    // From many addresses it fills all of it: what is there stays.
    await log.refused.keep(
      Array.from({ length: 9 }, (_, index) => one(`many ${index}`, `m${index}`)),
      room,
    );
    const all = await other.refused.list({ limit: 20, now: 2_000 });
    expect(all.filter(({ source }) => source === 'eduzz')).toHaveLength(8);
    expect(all.map(({ sender }) => sender).slice(0, 2)).toEqual(['real', 'real']);
    // The list does not read the sent bodies.
    expect(all.some((one) => 'sealed' in one || 'digest' in one)).toBe(false);
    expect(await log.refused.list({ limit: 20, now: 2_000, source: 'wix' })).toEqual(
      all.filter(({ source }) => source === 'wix'),
    );
    expect(await log.refused.keep([one('large', 'l', { source: 'wix', size: 60 })], room)).toEqual(['full']);
    const [first, second] = all;
    expect(await other.refused.count(2_000)).toEqual(
      new Map([
        ['eduzz', 8],
        ['wix', 1],
      ]),
    );
    expect(await other.refused.find(first!.id, 2_000)).toEqual({ id: first!.id, ...real[0] });
    expect(await other.refused.list({ after: first!.id, limit: 1, now: 2_000 })).toEqual([second]);
    expect([await log.refused.drop(first!.id), await other.refused.drop(first!.id)]).toEqual([true, false]);
    expect(await other.refused.find(second!.id, 9_000)).toBeNull();
    expect(await other.refused.count(9_000)).toEqual(new Map());
    expect(await log.refused.expire(8_999)).toBe(0);
    expect(await log.refused.expire(9_000)).toBe(all.length - 1);
    expect(await other.refused.list({ limit: 20, now: 0 })).toEqual([]);
  });

  it('LOG11.1 keeps which sources are paused, by whom and why, and other processes see by the number of tokens that it changed', async () => {
    const log = await open();
    const other = await again(log);
    const before = await other.tokens.changes();
    const odd = newPaused({ source: 'a\0b', reason: '\ud800 Rosa', osUser: 'ana', tokenId: null, holder: null });
    expect(await log.pauses.pause(odd)).toEqual(odd);
    const paused = await other.tokens.changes();
    expect(paused).not.toBe(before);
    // Who paused it first stays known.
    expect(await other.pauses.pause({ ...odd, at: 2_000, reason: null })).toEqual(odd);
    await log.pauses.pause(newPaused());
    expect(await other.pauses.list()).toEqual([odd, newPaused()]);
    expect([await other.pauses.resume(odd.source), await log.pauses.resume(odd.source)]).toEqual([true, false]);
    expect(await log.tokens.changes()).not.toBe(paused);
    expect(await log.pauses.list()).toEqual([newPaused()]);
  });

  it('LOG11.2 gives one gateway at a time the turn to reconcile a source, keeps how far it is, and gives the turn on when nothing is heard of it', async () => {
    const log = await open();
    const other = await again(log);
    const turns = await Promise.all(
      [1, 2, 3, 4].map((one) => (one % 2 ? log : other).reconciliations.take('stripe', `${one}`)),
    );
    expect(turns.filter((turn) => turn !== null)).toHaveLength(1);
    const holder = String(turns.findIndex((turn) => turn !== null) + 1);
    const nothing = { since: null, cursor: null, runAt: null, seen: 0 };
    expect(await log.reconciliations.take('stripe', holder)).toEqual(newReconciliation(nothing));
    expect(await log.reconciliations.take('eduzz', 'another')).toEqual(
      newReconciliation({ ...nothing, source: 'eduzz' }),
    );
    const known = newReconciliation({
      cursor: 'a\0b \ud800',
      missed: { 'charge.refunded': 3 },
      trouble: 'X',
      webhook: 'OFF',
    });
    expect(await log.reconciliations.keep(known, 'another')).toBe(false);
    expect(await other.reconciliations.list()).toEqual([]);
    expect(await log.reconciliations.keep(known, holder)).toBe(true);
    expect(await other.reconciliations.list()).toEqual([known]);
    await other.reconciliations.end('stripe', 'another');
    expect(await other.reconciliations.take('stripe', 'another')).toBeNull();
    await other.reconciliations.end('stripe', holder);
    expect(await other.reconciliations.take('stripe', 'another')).toEqual(known);
    expect(await log.reconciliations.keep(known, holder)).toBe(false);
    // More than one page may take, and its answers' appends.
    expect(RECONCILING).toBeGreaterThan(60_000);
  });

  it('LOG11.3 lets one gateway note that a source is silent, and one that it is no longer', async () => {
    const log = await open();
    const other = await again(log);
    const both = [log, other];
    const begun = await Promise.all(both.map((one) => one.silences.begin('a\0b', 5_000)));
    expect(begun.filter(Boolean)).toEqual([true]);
    expect(await other.silences.begin('eduzz', 6_000)).toBe(true);
    expect([...(await log.silences.list())].toSorted(([one], [other]) => (one < other ? -1 : 1))).toEqual([
      ['a\0b', 5_000],
      ['eduzz', 6_000],
    ]);
    const ended = await Promise.all(both.map((one) => one.silences.end('a\0b')));
    expect(ended.filter((at) => at !== null)).toEqual([5_000]);
    expect(await log.silences.begin('a\0b', 7_000)).toBe(true);
  });
}
