import { encodeCursor } from '../events/cursor.ts';
import type { Builder } from './builder.ts';
import { costOfPage, pageOf, stretchOf } from './connection.ts';
import { cursorArgument } from './cursor-argument.ts';
import type { addQueries } from './queries.ts';

/** `Query.eventsAbout`: everything that happened to a person, if the events hold the person's e-mail address. */
export function addAbout(builder: Builder, { EventConnection }: ReturnType<typeof addQueries>): void {
  builder.queryField('eventsAbout', (t) =>
    t.field({
      type: EventConnection,
      description:
        'The latest events about the person with this e-mail address: who bought, attends, booked, subscribed or learns. Needs the scope ' +
        '`pii:read`. In log order, oldest first; read further back with `before`. The address must be whole; capitals don’t matter. ' +
        'Events whose personal data was erased are not found, and an address that only stands in the text of an event finds nothing.',
      args: {
        email: t.arg.string({ required: true }),
        tenants: t.arg.idList({ description: 'Of these accounts alone. All that the token may see if left out.' }),
        last: t.arg.int(),
        before: t.arg.string(),
      },
      complexity: costOfPage,
      resolve: async (_root, { email, tenants, last, before }, context) => {
        // The head is read before the events, so that a subscription from it misses none.
        const head = encodeCursor(await context.head());
        const page = { last: last ?? DEFAULT_PAGE, before };
        const { size } = stretchOf(page);
        const seq = cursorArgument(before)?.seq;
        const events = await context.about({
          email,
          limit: size + 1,
          ...(tenants && { tenants }),
          ...(seq !== undefined && { before: seq }),
        });
        return { ...pageOf(events, page, false, ({ cursor }) => encodeCursor(cursor)), head };
      },
    }),
  );
}

const DEFAULT_PAGE = 20;
