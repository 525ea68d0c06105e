import { z } from 'zod';
import { createLogger } from '../src/commands/logger.ts';
import { ProcessTerminal } from '../src/commands/process-terminal.ts';
import { readConfig } from '../src/config.ts';
import { createGateway } from '../src/gateway.ts';
import {
  defineProvider,
  enumType,
  event,
  eventType,
  id,
  instant,
  money,
  open,
  person,
  text,
} from '../src/provider-kit.ts';
import { unfit } from '../src/providers/define-provider.ts';
import { sharedToken } from '../src/providers/verify/shared-token.ts';
import { meter } from './meter.ts';

/** A gateway whose provider declares `BENCH_TYPES` types of twelve fields. Only `Sold0` is sent. The gateway sends its port. */
const price = z.object({ amount: z.string(), currency: z.string() });
const types = Array.from({ length: Number(process.env['BENCH_TYPES']) }, (_, number) =>
  eventType(`Sold${number}`, {
    description: `What was sold at till ${number}.`,
    fields: z.object({
      reference: id,
      price: money,
      fee: money.nullable(),
      channel: enumType(`Channel${number}`, ['WEB', 'DOOR'], 'Where it was sold.'),
      title: open(text),
      note: text.nullable(),
      quantity: z.int(),
      paidAt: instant.nullable(),
      show: z.object({ name: open(text), hall: open(text).nullable(), row: id.nullable() }),
      buyer: person,
      items: z.array(z.object({ sku: id, price: money })),
      isGift: z.boolean(),
    }),
  }),
);
const payload = z.object({ id, price, buyer: z.object({ name: z.string(), email: z.string() }) });
const till = defineProvider({
  name: 'till',
  verify: sharedToken({ header: 'x-till', tokens: [process.env['BENCH_SECRET']!] }),
  about({ payload: sent }) {
    const envelope = z.object({ id, event: z.string() }).safeParse(sent);
    return envelope.success
      ? { type: envelope.data.event, eventId: envelope.data.id, account: 'till' }
      : unfit(envelope.error);
  },
  events: Object.fromEntries(
    types.map((type, number) => [
      `sold.${number}`,
      event(payload, type, (sale) => ({
        reference: sale.id,
        price: sale.price,
        fee: sale.price,
        channel: 'WEB' as const,
        title: 'The Tempest',
        note: null,
        quantity: 2,
        paidAt: null,
        show: { name: 'The Tempest', hall: 'Main', row: '7' },
        buyer: sale.buyer,
        items: [{ sku: '1', price: sale.price }],
        isGift: false,
      })),
    ]),
  ),
});

const config = readConfig({
  PORT: '0',
  SOURCES: 'eduzz',
  EDUZZ_SECRETS: process.env['BENCH_SECRET'],
  DATABASE_URL: `sqlite:${process.env['BENCH_DATABASE']}`,
  AUTH_SECRET: process.env['BENCH_SECRET'],
  QUERY_RATE_PER_TOKEN: '0',
  LOG_LEVEL: 'silent',
});
const gateway = await createGateway(config, {
  logger: createLogger(config.logLevel, new ProcessTerminal(process).stdout),
  sources: new Map([['till', till]]),
});
await gateway.listen();
meter();
process.send?.(Number(new URL(gateway.url).port));
