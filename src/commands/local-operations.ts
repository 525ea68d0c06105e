import { userInfo } from 'node:os';
import { execute, parse } from 'graphql';
import { pino } from 'pino';
import { SCOPES, type Viewer } from '../auth/viewer.ts';
import type { EventType } from '../declaration/event-type.ts';
import { HookcastError } from '../errors.ts';
import type { EventLog } from '../events/event-log.ts';
import { asParsed } from '../execution/written-result.ts';
import type { Backing } from '../execution/context.ts';
import { createContext } from '../execution/create-context.ts';
import { type OperatorBacking, operatorsOf } from '../operator/operator.ts';
import { partsOf } from '../execution/parts.ts';
import { createSchema } from '../graphql/schema.ts';
import { openAdmission, openReview, openReprocessor } from '../open-log.ts';
import { type Noted, note } from './note.ts';
import { type Read, Reads } from './reads.ts';
import type { Operations } from './operations.ts';
import type { Sources } from './sources.ts';

/** A user who can open the log may do everything with it. The audit notes their name on this machine. */
const EVERYBODY: Viewer = { tenants: null, scopes: new Set(SCOPES), expiresAt: Infinity };

export interface LocalOptions extends Pick<OperatorBacking, 'signer'> {
  /** The command's name in the audit, such as `quarantine release`. */
  readonly command: string;
  /** Empty for a command that runs no source's code. */
  readonly sources: Sources;
  /** Types of events. It is empty for a command that asks for no events, since building all types doubles the time. */
  readonly types: readonly EventType[];
  readonly mostValues: number;
  readonly publicUrl: string | null;
}

/** Operations on a log of this machine, executed in this process, so that no gateway need run. The caller must close it. */
export function localOperations(
  log: EventLog,
  { command, sources, types, mostValues, publicUrl, signer }: LocalOptions,
): Operations & { close(): Promise<void> } {
  const schema = createSchema(types);
  const options = { sources, mostValues, logger: pino({ level: 'silent' }) };
  // It is opened at first use, since it reads all recorded fields, which only `admit` needs.
  let admission: ReturnType<typeof openAdmission> | null = null;
  const backing: Backing = {
    log,
    sources,
    answers: log.answers,
    review: openReview(log, options),
    reprocessor: openReprocessor(log, options),
    operator: operatorsOf({
      log,
      signer,
      sources,
      recent: { listRecent: noMemory },
      samples: { samplesOf: () => [], send: noMemory },
      publicUrl,
      // Running gateways notice the change by themselves.
      changed: async () => {},
      refusals: {
        admit: async (id) => (await (admission ??= openAdmission(log, { ...options, publicUrl }))).admit(id),
      },
      now: Date.now,
    }),
    now: Date.now,
  };
  // If a command sends the same operation repeatedly, such as `reprocess`, the audit notes each action once.
  const noted = new Set<string>();
  const noteOnce = async (what: Noted) => {
    const key = JSON.stringify(what);
    if (!noted.has(key)) await note(log.audit, command, what);
    noted.add(key);
  };
  const reads = new Reads((read) => note(log.audit, command, read));
  return {
    async ask<T>(text: string, variableValues: Readonly<Record<string, unknown>> = {}): Promise<T> {
      const document = parse(text);
      const done: Read[] = [];
      const context = createContext(backing, EVERYBODY, {
        parts: partsOf(document, schema),
        onDisclosure: (count, { raw }, target) =>
          void done.push({ action: raw ? 'READ_RAW' : 'READ_PERSONAL', target, count }),
        who: { osUser: userInfo().username, tokenId: null, holder: null },
        onAction: (action, target) => noteOnce({ action, target }),
      });
      const result = await execute({ schema, document, variableValues, contextValue: context });
      for (const read of done) await reads.add(read);
      const [error] = result.errors ?? [];
      if (error) throw error.originalError ?? error;
      return asParsed(result.data) as T;
    },

    async close() {
      await reads.end();
      await (await admission)?.close();
    },
  };
}

async function noMemory(): Promise<never> {
  throw new HookcastError(
    'BAD_REQUEST',
    'Only a running gateway can do this: name it with --url, or set HOOKCAST_URL.',
  );
}
