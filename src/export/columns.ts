import type { ExportedEvent, ExportedParts } from './exported-event.ts';

export type Cell = string | boolean | Date | null;
export type Column = readonly [
  name: string,
  type: 'STRING' | 'BOOLEAN' | 'TIMESTAMP',
  of: (event: ExportedEvent) => Cell,
];

/** The columns of CSV and Parquet. What is an object is one column, as JSON: the types of events have different fields. */
export function columnsOf({ people, raw }: ExportedParts): readonly Column[] {
  const personal: Column = ['personalValues', 'STRING', (event) => json(event.personalValues)];
  const payload: Column = ['raw', 'STRING', (event) => json(event.raw)];
  return [
    ['id', 'STRING', ({ id }) => id],
    ['typename', 'STRING', ({ typename }) => typename],
    ['provider', 'STRING', ({ provider }) => provider],
    ['source', 'STRING', ({ source }) => source],
    ['type', 'STRING', ({ type }) => type],
    ['eventId', 'STRING', ({ eventId }) => eventId],
    ['tenant', 'STRING', ({ tenant }) => tenant],
    ['subject', 'STRING', ({ subject }) => subject],
    ['occurredAt', 'TIMESTAMP', ({ occurredAt }) => new Date(occurredAt)],
    ['receivedAt', 'TIMESTAMP', ({ receivedAt }) => new Date(receivedAt)],
    ['origin', 'STRING', ({ origin }) => origin],
    ['superseded', 'BOOLEAN', ({ superseded }) => superseded],
    ['personalData', 'STRING', ({ personalData }) => personalData],
    ['amount', 'STRING', ({ worth }) => worth?.amount ?? null],
    ['currency', 'STRING', ({ worth }) => worth?.currency ?? null],
    ['values', 'STRING', ({ values }) => json(values)],
    ...(people ? [personal] : []),
    ...(raw ? [payload] : []),
  ];
}

function json(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}
