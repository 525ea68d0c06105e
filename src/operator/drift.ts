import type { Field } from '../events/drift.ts';
import type { EventLog } from '../events/event-log.ts';
import { requireSource } from '../events/known-source.ts';
import type { Asker } from './asker.ts';

export interface DriftOperator {
  /** The fields that providers send and did not send before, of one source or of all. */
  drift(source: string | null): Promise<DriftReport>;
  /** Accepts all of them as known. Returns how many fields were not known. */
  acceptDrift(source: string | null): Promise<number>;
}

export interface DriftReport {
  /** How many types of events deliveries had. */
  readonly types: number;
  /** The unexpected fields. */
  readonly fields: readonly (Field & { readonly deliveries: number })[];
}

export interface DriftOptions {
  readonly log: EventLog;
  /** Called when something was accepted, so that the gateway itself follows it at once. */
  readonly changed: () => Promise<void>;
}

export function driftOperator({ log, changed }: DriftOptions, { noted }: Asker): DriftOperator {
  return {
    async drift(source) {
      if (source !== null) await requireSource(log, source);
      const fields = (await log.fields.list()).filter((field) => source === null || field.source === source);
      const whole = fields.filter(({ path }) => path === '');
      const deliveries = new Map(whole.map((one) => [keyOf(one), one.count]));
      const news = fields.filter(({ expected }) => !expected);
      return {
        types: whole.length,
        fields: news.map((field) => ({ ...field, deliveries: deliveries.get(keyOf(field)) ?? field.count })),
      };
    },

    async acceptDrift(source) {
      if (source !== null) await requireSource(log, source);
      await noted('ACCEPT_DRIFT', source);
      const count = await log.fields.expect(source ?? undefined);
      await changed();
      return count;
    },
  };
}

function keyOf({ source, type }: Pick<Field, 'source' | 'type'>): string {
  return JSON.stringify([source, type]);
}
