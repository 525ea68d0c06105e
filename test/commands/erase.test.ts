import { readFileSync, readdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { drift } from '../../src/commands/drift.ts';
import { type EraseOptions, erase } from '../../src/commands/erase.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { bikes, rentalCancelled, signedBike } from '../fixtures/bikes.ts';
import { TestGateway, environment, temporaryFolder } from '../support/gateway.ts';
import { TestTerminal } from '../support/terminal.ts';

async function erased(folder: string, options: EraseOptions): Promise<string> {
  const terminal = new TestTerminal(environment(folder));
  await erase(options, terminal);
  return terminal.lines.join('\n');
}

/** All that stands in the log's files. */
function bytesOf(folder: string): string {
  const files = readdirSync(folder).filter((file) => file.startsWith('hookcast.db'));
  return files.map((file) => readFileSync(join(folder, file), 'latin1')).join('');
}

it('OPS3.6 erase and drift tell a mistyped source from one that has nothing left to erase', async () => {
  const gateway = await TestGateway.start({ sources: new Map([['bikes', bikes(1)]]) });
  const { folder } = gateway;
  const mistyped = 'The log has nothing of a source "nope".';
  await expect(erased(folder, { source: 'nope', subject: 'ticket/1' })).rejects.toThrow(mistyped);
  await expect(erased(folder, { source: 'nope', email: 'a@b.example' })).rejects.toThrow(mistyped);
  const terminal = new TestTerminal(environment(folder));
  await expect(drift({ source: 'nope', accept: true }, terminal)).rejects.toThrow(mistyped);
  await expect(erased(folder, { source: 'bikes', subject: 'rental/1' })).rejects.toThrow('nothing of a source "bikes"');

  // A delivery in quarantine is something.
  await gateway.post('bikes', signedBike(rentalCancelled({ id: 'q1', bike: {} })));
  expect(await erased(folder, { source: 'bikes', subject: 'rental/with a blank' })).toContain('Nothing was found');
});

it('OPS3.6 erase shows beforehand what it would do, and refuses more than one subject until it is told that all are meant', async () => {
  const gateway = await TestGateway.start({ folder: temporaryFolder() });
  const { folder } = gateway;
  const email = 'caio@ficticio.example';
  const cancel = (id: string, ticket: string, people = {}) =>
    gateway.eduzz(attendanceCanceled({ id, participant: { id: ticket, email, ...people } }));
  await cancel('e1', 'p-1');
  const one = 'events      1\n              1 eduzz blinket.attendance_canceled\n  subjects    1\n';
  expect(await erased(folder, { email, dryRun: true })).toContain(one);
  await cancel('e2', 'p-2');
  await cancel('e3', 'p-3', { email: 'outro@ficticio.example' });
  await gateway.eduzz(attendanceCanceled({ id: 'odd', participant: { id: ['odd'], email } }));
  const terminal = new TestTerminal(environment(folder));

  await expect(erase({ email }, terminal)).rejects.toThrow(/Nothing was erased.*more than one subject.*--yes/);
  const preview = terminal.lines.join('\n');
  expect(preview).toMatch(/^What this erasure would do\n {2}of {10}an e-mail address\n {2}events {6}2\n/);
  expect(preview).toMatch(
    /\n {2}subjects {4}2\n {2}people {6}2 by their providers' ids, 1 by their e-mail addresses\n/,
  );
  expect(preview).toMatch(/\n {2}quarantine {2}1$/);
  const dry = await erased(folder, { email, dryRun: true, yes: true });
  expect(dry).toBe(`${preview}\nThis was a dry run: nothing was changed.`);
  expect(preview).not.toContain('caio');

  // Nothing is gone, and nothing that comes is held back.
  expect(bytesOf(folder)).toContain('caio@ficticio');
  await cancel('e4', 'p-4');
  const { data } = await gateway.query('{ events { edges { node { personalData } } } }');
  expect(data?.['events'].edges.map(({ node }: any) => node.personalData)).toEqual(Array(4).fill('AVAILABLE'));

  expect(await erased(folder, { email, yes: true })).toMatch(/events {6}3\n[^]*quarantine {2}1\n/);
  expect(bytesOf(folder)).not.toContain('caio@ficticio');
  expect(await erased(folder, { source: 'eduzz', subject: 'ticket/p-3' })).toContain('Receipt');
});

it('OPS3.6 erase refuses several deliveries in quarantine, which may be of several people, until it is told that all are meant', async () => {
  const gateway = await TestGateway.start({ folder: temporaryFolder() });
  const { folder } = gateway;
  const odd = (word: string) => gateway.eduzz(attendanceCanceled({ participant: { id: ['odd'], status: word } }));
  for (const word of ['in-the-lobby', 'at-the-entrance', 'at-the-entrance']) await odd(word);
  const lost = async () => {
    const { data } = await gateway.query('{ quarantine(first: 10) { edges { node { erasedAt } } } }');
    return data?.['quarantine'].edges.map(({ node }: any) => node.erasedAt !== null);
  };
  const subject = (word: string) => ({ source: 'eduzz', subject: `ticket/${word}` });
  const refused = /Nothing was erased.*several deliveries in quarantine.*--yes/;
  await expect(erased(folder, subject('at-the-entrance'))).rejects.toThrow(refused);
  expect(await lost()).toEqual([false, false, false]);
  expect(await erased(folder, subject('in-the-lobby'))).toMatch(/quarantine {2}1\n/);
  expect(await lost()).toEqual([true, false, false]);
  expect(await erased(folder, { ...subject('at-the-entrance'), yes: true })).toMatch(/quarantine {2}2\n/);
  expect(await lost()).toEqual([true, true, true]);
});

it('PRIV1.15 a dry run and the receipt say by which ids nothing was looked for in quarantine', async () => {
  const gateway = await TestGateway.start({ folder: temporaryFolder() });
  const { folder } = gateway;
  for (let index = 0; index <= 20; index += 1) {
    await gateway.eduzz(attendanceCanceled({ participant: { id: ['odd'], status: 'in-the-queue' } }));
  }
  const common = { source: 'eduzz', subject: 'ticket/in-the-queue' };
  for (const options of [{ ...common, dryRun: true }, common]) {
    const said = await erased(folder, options);
    expect(said).toMatch(/quarantine {2}0\n +not searched for: 1 id, each in more than 20 waiting deliveries/);
    expect(said).toContain('hookcast quarantine list');
  }
  const nobody = { source: 'eduzz', subject: 'ticket/00000000-0000-0000-0000-000000000000' };
  expect(await erased(folder, nobody)).toMatch(
    /quarantine {2}0\n +not searched for: 1 id that providers write when there is no person/,
  );
  expect(await erased(folder, { email: 'iara@ficticia.example', yes: true })).toMatch(
    /quarantine {2}21\n(?! +not searched)/,
  );
});

it('OPS3.6 the receipt of an erasure tells the truth about events that arrive late', async () => {
  const gateway = await TestGateway.start({ sources: new Map([['bikes', bikes(1)]]) });
  const { folder } = gateway;
  const cancel = async (id: string, rental: string, at: string) => {
    await gateway.post('bikes', signedBike(rentalCancelled({ id, rental, at })));
    const { data } = await gateway.query(
      'query ($id: [String!]) { events(filter: { subjects: $id }) { edges { node { personalData } } } }',
      { id: [`rental/${rental}`] },
    );
    return data?.['events'].edges.at(-1).node.personalData;
  };
  const later = '2099-01-01T00:00:00Z';
  expect(await cancel('1', 'r-1', later)).toBe('AVAILABLE');
  const ofSubject = await erased(folder, { source: 'bikes', subject: 'rental/r-2' });
  expect(ofSubject).toMatch(
    /Nothing was found\.\nEvents of this subject .* without personal data\. Events about another/,
  );
  expect(await cancel('2', 'r-2', later)).toBe('ERASED');
  expect(await cancel('3', 'r-3', later)).toBe('AVAILABLE');
  const ofAddress = await erased(folder, { email: 'nobody@inventado.example' });
  expect(ofAddress).toMatch(/Nothing was found\.\nEvents with this address .* happened before now.* for 72 hours/);
});

it('OPS3.6 the receipt of an erasure says who ordered it, and who is told', async () => {
  const gateway = await TestGateway.start({ folder: temporaryFolder() });
  const { folder } = gateway;
  await gateway.eduzz(attendanceCanceled({ id: 'odd', participant: { id: ['odd'] } }));
  const waiting = await erased(folder, { email: 'iara@ficticia.example' });
  expect(waiting).toContain(`ordered by  operator ${userInfo().username}\n`);
  expect(waiting).toMatch(
    /events +0\n +quarantine +1\nTheir personal data is gone from the log\. Erase or delete your backups/,
  );

  await gateway.eduzz(attendanceCanceled({ id: 'e1', participant: { email: 'caio@ficticio.example' } }));
  const told = await erased(folder, { email: 'caio@ficticio.example', by: 'ticket 8812' });
  expect(told).toMatch(
    /ordered by {2}ticket 8812\n[^]*eduzz e1[^]*gone from the log; subscribers are told\. Erase or delete your backups/,
  );

  await expect(erased(folder, { email: 'a@b.example', subject: 'ticket/1' })).rejects.toThrow('not both');
  await expect(erased(folder, {})).rejects.toThrow('Say whose data');
});
