import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { ListedEvent, Row } from '../../console/parts/event.ts';
import { eduzzSamples } from '../../src/providers/eduzz/samples.ts';

interface Ticket {
  /** Who had it. */
  readonly name?: string;
  readonly title?: string;
  readonly producer?: string;
  readonly at?: Date;
}

/** That a ticket was cancelled, as Eduzz says it. */
export function canceledTicket(id: string, { name = 'Tereza', title, producer, at = new Date() }: Ticket = {}) {
  const payload = eduzzSamples[0]!.payload({ id, at }) as Record<string, any>;
  const { data } = payload;
  return {
    ...payload,
    data: {
      ...data,
      ...(producer && { producer: { ...data.producer, id: producer } }),
      ...(title && { event: { ...data.event, name: title } }),
      participant: { ...data.participant, name, id: `participant ${id}` },
    },
  };
}

/** The providers' ids of the events whose rows are in the page, from the top down. */
export function rowsOf(page: Page): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll('.list-body [data-event]')].map(({ dataset }) => dataset.event)`);
}

export function rowOf(page: Page, eventId: string): Locator {
  return page.locator(`[data-event="${eventId}"]`);
}

/** Waits until a part of the page says all of this: some of it may come by a query or a module of its own. */
export async function says(part: Locator, all: readonly string[]): Promise<void> {
  const missing = async () => {
    const said = (await part.textContent()) ?? '';
    return all.filter((one) => !said.includes(one));
  };
  await expect.poll(missing).toEqual([]);
}

/** How the stream is, as it is said. */
export function streamOf(page: Page): Locator {
  return page.locator('.stream');
}

/** The nth event of a log, of somebody. */
export function canceledRow(n: number, more: Partial<ListedEvent> = {}): Row {
  const node: ListedEvent = {
    __typename: 'TicketCancellation',
    id: `id ${n}`,
    eventId: `event ${n}`,
    source: 'eduzz',
    provider: 'eduzz',
    type: 'blinket.attendance_canceled',
    subject: `ticket/${n}`,
    kind: 'TICKET',
    title: 'Noite de Choro',
    reference: '04713322',
    occurredAt: '2026-03-07T14:30:00.000Z',
    receivedAt: '2026-03-07T14:30:01.000Z',
    superseded: false,
    personalData: 'AVAILABLE',
    refundExpected: null,
    isScheduled: false,
    tenant: { id: 'eduzz:40021', name: 'Dalva Nogueira' },
    customer: { name: 'João Pereira', email: 'joao@convidado.example' },
    canceledBy: { type: 'CUSTOMER' },
    ...more,
  };
  return { cursor: `cursor ${n}`, node };
}
