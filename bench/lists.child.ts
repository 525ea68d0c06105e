import { z } from 'zod';
import { createLogger } from '../src/commands/logger.ts';
import { ProcessTerminal } from '../src/commands/process-terminal.ts';
import { readConfig } from '../src/config.ts';
import { createGateway } from '../src/gateway.ts';
import { type Provider, defineProvider, event, hmac, id, listBody, unfit } from '../src/provider-kit.ts';
import { OrderCancellation } from '../src/types/order-cancellation.ts';

/** A gateway with one sender of single events and one of lists. It sends its port. */
const SECRET = process.env['BENCH_SECRET']!;
const envelope = z.object({ sg_event_id: id, event: z.string() });
const cancelled = z.object({ order: z.string(), reason: z.string() });

const sender = (takesLists: boolean): Provider =>
  defineProvider({
    name: 'mailer',
    verify: hmac({ secrets: [SECRET], header: 'x-signature', encoding: 'hex', body: listBody }),
    ...(takesLists && { each: ({ body }: Readonly<Record<string, unknown>>) => body as unknown[] }),
    about({ payload }) {
      const parsed = envelope.safeParse(payload);
      return parsed.success ? { type: parsed.data.event, eventId: parsed.data.sg_event_id } : unfit(parsed.error);
    },
    events: {
      'order.cancelled': event(cancelled, OrderCancellation, ({ order, reason }) => ({ orderId: order, reason })),
    },
  });

const config = readConfig(
  {
    PORT: '0',
    DATABASE_URL: `sqlite:${process.env['BENCH_DATABASE']}`,
    AUTH_SECRET: SECRET,
    MAX_CONNECTIONS_PER_ADDRESS: '0',
  },
  { sourcesElsewhere: true },
);
const gateway = await createGateway(config, {
  logger: createLogger(config.logLevel, new ProcessTerminal(process).stdout),
  sources: new Map([
    ['single', sender(false)],
    ['lists', sender(true)],
  ]),
});
await gateway.listen();
process.send?.(Number(new URL(gateway.url).port));
