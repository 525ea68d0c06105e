import { userInfo } from 'node:os';
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

it('OPS3 erase and drift tell a mistyped source from one of which nothing is left to erase', async () => {
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

it('OPS3 the receipt of an erasure says who ordered it, and who is told', async () => {
  const gateway = await TestGateway.start({ folder: temporaryFolder() });
  const { folder } = gateway;
  await gateway.eduzz(attendanceCanceled({ id: 'odd', participant: { name: 7 } }));
  const waiting = await erased(folder, { email: 'iara@ficticia.example' });
  expect(waiting).toContain(`ordered by  operator ${userInfo().username}\n`);
  expect(waiting).toMatch(/events +0\n +quarantine +1\nTheir personal data is gone from the log\. Backups/);

  await gateway.eduzz(attendanceCanceled({ id: 'e1', participant: { email: 'caio@ficticio.example' } }));
  const told = await erased(folder, { email: 'caio@ficticio.example', by: 'ticket 8812' });
  expect(told).toMatch(/ordered by {2}ticket 8812\n[^]*eduzz e1[^]*gone from the log; subscribers are told\. Backups/);

  await expect(erased(folder, { email: 'a@b.example', subject: 'ticket/1' })).rejects.toThrow('not both');
  await expect(erased(folder, {})).rejects.toThrow('Say whose data');
});
