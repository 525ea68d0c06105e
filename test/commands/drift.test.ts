import { expect, it } from 'vitest';
import { attendanceCanceled, eduzzEvent } from '../fixtures/eduzz.ts';
import { type DriftCommandOptions, drift } from '../../src/commands/drift.ts';
import { TestGateway, environment, temporaryFolder } from '../support/gateway.ts';
import { TestTerminal } from '../support/terminal.ts';
import { scrapeText } from '../support/metrics.ts';

async function shown(folder: string, options: Partial<DriftCommandOptions> = {}): Promise<string[]> {
  const terminal = new TestTerminal(environment(folder));
  await drift({ accept: false, ...options }, terminal);
  return terminal.lines;
}

it('IN8.1 shows what providers send that they did not before, until it is accepted', async () => {
  const folder = temporaryFolder();
  const gateway = await TestGateway.start({ folder });
  await gateway.eduzz(attendanceCanceled());
  await gateway.eduzz(eduzzEvent('nutror.lesson_saved', { student: { name: 'Iara' } }));
  await gateway.close();
  expect(await shown(folder)).toEqual(['No new fields: 2 types of event known, all as expected.']);

  const later = await TestGateway.start({ folder });
  await later.eduzz(attendanceCanceled({ participant: { seat: 'A1', name: 'Ana Imaginária' } }));
  await later.eduzz(attendanceCanceled({ participant: { seat: null } }));
  await later.eduzz(eduzzEvent('nutror.lesson_saved', { student: { name: null } }));
  const metrics = await scrapeText(later);
  expect(metrics).toContain('hookcast_drift_total{source="eduzz",type="blinket.attendance_canceled",change="field"} 2');
  await later.close();
  const lines = await shown(folder);
  expect(lines).toEqual([
    expect.stringMatching(/^eduzz\tblinket.attendance_canceled\tnew field\tdata.participant.seat\tin 2 of 3, since 20/),
    expect.stringMatching(/^eduzz\tblinket.attendance_canceled\tnew null\tdata.participant.seat\tin 1 of 3, since 20/),
    expect.stringMatching(/^eduzz\tnutror.lesson_saved\tnew null\tdata.student.name\tin 1 of 2, since 20/),
    '3 unexpected, 2 types of event known. "hookcast drift --accept" accepts them.',
  ]);
  expect(lines.join()).not.toMatch(/iara|imagin|A1/i);

  // What is of another source stays.
  await expect(shown(folder, { accept: true, source: 'wix' })).rejects.toThrow('nothing of a source "wix"');
  expect((await shown(folder, { accept: true })).at(-1)).toBe('3 are expected from now on.');
  expect(await shown(folder)).toEqual([expect.stringMatching(/^No new fields: 2 types/)]);
});

it('IN8.1 also shows what made a delivery unfit', async () => {
  const folder = temporaryFolder();
  const gateway = await TestGateway.start({ folder });
  await gateway.eduzz(attendanceCanceled());
  const changed = attendanceCanceled({ occasion: { id: null } });
  expect((await gateway.eduzz(changed)).body['status']).toBe('quarantined');
  await gateway.close();
  expect((await shown(folder))[0]).toContain('new null\tdata.event.id');
});
