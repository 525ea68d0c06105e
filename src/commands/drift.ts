import type { Terminal } from './terminal.ts';
import { withOperations } from './with-operations.ts';

const DRIFT = `query Drift($source: String) {
  drift(source: $source) { types count fields { source type path change count deliveries firstSeen } }
}`;
const ACCEPT = `mutation DriftAccept($source: String) { acceptDrift(source: $source) }`;

interface Field {
  readonly source: string;
  readonly type: string;
  readonly path: string;
  readonly change: 'FIELD' | 'NULL';
  readonly count: number;
  readonly deliveries: number;
  readonly firstSeen: string;
}

interface Report {
  readonly types: number;
  readonly count: number;
  readonly fields: readonly Field[];
}

export interface DriftCommandOptions {
  readonly source?: string;
  /** Whether the shown fields are expected from now on. */
  readonly accept: boolean;
}

/** `hookcast drift`: the fields that providers have begun to send. It shows names of fields, never their values. */
export function drift({ source, accept }: DriftCommandOptions, terminal: Terminal): Promise<void> {
  return withOperations(terminal, { command: accept ? 'drift --accept' : 'drift' }, async ({ ask }) => {
    const of = { source: source ?? null };
    const { types, count, fields } = (await ask<{ readonly drift: Report }>(DRIFT, of)).drift;
    for (const field of fields) terminal.print(...describe(field));
    if (count > fields.length) terminal.print(`… and ${count - fields.length} more.`);
    const known = `${types} ${types === 1 ? 'type' : 'types'} of event known`;
    if (count === 0) return terminal.print(`No new fields: ${known}, all as expected.`);
    if (!accept) {
      return terminal.print(`${count} unexpected, ${known}. "hookcast drift --accept" accepts them.`);
    }
    const { acceptDrift } = await ask<{ readonly acceptDrift: number }>(ACCEPT, of);
    terminal.print(`${acceptDrift} are expected from now on.`);
  });
}

function describe({ source, type, path, change, count, deliveries, firstSeen }: Field): string[] {
  const what = change === 'FIELD' ? 'new field' : 'new null';
  return [source, type, what, path, `in ${count} of ${deliveries}, since ${firstSeen}`];
}
