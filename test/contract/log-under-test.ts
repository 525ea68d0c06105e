import type { EventLog } from '../../src/events/event-log.ts';
import type { NewEvent } from '../../src/events/event.ts';
import type { NewQuarantined } from '../../src/events/quarantine.ts';

/** How the suites get at an adapter. What it opens it also closes and removes. */
export interface LogUnderTest {
  /** A new, empty log. */
  readonly open: () => Promise<EventLog>;
  /** The same storage once more, as another process would have it. */
  readonly again: (log: EventLog) => Promise<EventLog>;
}

export function newEvent(fields: Partial<NewEvent> = {}): NewEvent {
  return {
    provider: 'eduzz',
    source: 'eduzz',
    type: 'test.happened',
    eventId: `event-${Math.random()}`,
    tenant: 'eduzz:1',
    subject: 'ticket/1',
    occurredAt: { at: 1_000, text: '1970-01-01T00:00:01Z' },
    receivedAt: 2_000,
    shape: 'OtherEvent',
    kind: null,
    happened: null,
    worth: null,
    data: {},
    personal: { tenantName: 'Rosa' },
    raw: '{"a":1}',
    version: null,
    traces: [],
    ...fields,
  };
}

export function newQuarantined(fields: Partial<NewQuarantined> = {}): NewQuarantined {
  return {
    provider: 'eduzz',
    source: 'eduzz',
    tenant: 'eduzz:1',
    type: 'test.happened',
    eventId: 'event-1',
    digest: `digest-${Math.random()}`,
    issues: [{ path: 'data.id', message: 'expected text' }],
    payload: '{"event":"test.happened"}',
    values: ['test.happened'],
    receivedAt: 2_000,
    ...fields,
  };
}
