import type { Field } from '../events/drift.ts';
import { requireSource } from './require-source.ts';
import type { Terminal } from './terminal.ts';
import { withLog } from './with-log.ts';

export interface DriftOptions {
  readonly source?: string;
  /** Whether what is shown is to be expected from now on. */
  readonly accept: boolean;
}

/** `hookcast drift`: what providers send that they did not before. Names of fields, never what stood there. */
export function drift({ source, accept }: DriftOptions, terminal: Terminal): Promise<void> {
  return withLog(terminal, async (log) => {
    if (source !== undefined) await requireSource(log, source);
    const fields = (await log.listFields()).filter((field) => source === undefined || field.source === source);
    const deliveries = fields.filter(({ path }) => path === '');
    const news = fields.filter(({ expected }) => !expected);
    for (const field of news) terminal.print(...describe(field, deliveries));
    const known = `${deliveries.length} ${deliveries.length === 1 ? 'type' : 'types'} of event known`;
    if (news.length === 0) return terminal.print(`Nothing new: ${known}, and all as expected.`);
    if (!accept) {
      return terminal.print(`${news.length} not expected, ${known}. "hookcast drift --accept" takes them as expected.`);
    }
    terminal.print(`${await log.expectFields(source)} are expected from now on.`);
  });
}

function describe({ source, type, path, change, count, firstSeen }: Field, deliveries: readonly Field[]): string[] {
  const of = deliveries.find((whole) => whole.source === source && whole.type === type)?.count ?? count;
  const what = change === 'FIELD' ? 'new field' : 'new null';
  return [source, type, what, path, `in ${count} of ${of}, since ${new Date(firstSeen).toISOString()}`];
}
