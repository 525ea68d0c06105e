import type { GraphQLSchema } from 'graphql';
import { addBookingCancellation } from './booking-cancellation.ts';
import { createBuilder } from './builder.ts';
import { addCancellation } from './cancellation.ts';
import { addEvent } from './event.ts';
import { addFilter } from './filter.ts';
import { addOtherEvent } from './other-event.ts';
import { addQueries } from './queries.ts';
import { addStreamMessage } from './stream-message.ts';
import { addSubscriptions } from './subscriptions.ts';
import { addTicketCancellation } from './ticket-cancellation.ts';

/** The whole schema; `schema.graphql` is it, printed. */
export function createSchema(): GraphQLSchema {
  const builder = createBuilder();
  const event = addEvent(builder);
  const cancellation = addCancellation(builder, event);
  addTicketCancellation(builder, event, cancellation);
  addBookingCancellation(builder, event, cancellation);
  addOtherEvent(builder, event);
  const stream = addStreamMessage(builder, event, cancellation);
  const filter = addFilter(builder, cancellation);
  addQueries(builder, event, cancellation, stream, filter);
  addSubscriptions(builder, stream, filter);
  return builder.toSchema();
}
