import type { GraphQLSchema } from 'graphql';
import { addActivity } from './activity.ts';
import { addBookingCancellation } from './booking-cancellation.ts';
import { addBookingChange } from './booking-change.ts';
import { addBooking } from './booking.ts';
import { createBuilder } from './builder.ts';
import { addCancellation } from './cancellation.ts';
import { addEvent } from './event.ts';
import { addFilter } from './filter.ts';
import { addMoney } from './money.ts';
import { addOrderCancellation } from './order-cancellation.ts';
import { addOtherEvent } from './other-event.ts';
import { addQuarantine } from './quarantine.ts';
import { addQueries } from './queries.ts';
import { addSources } from './sources.ts';
import { addStreamMessage } from './stream-message.ts';
import { addSubscriptionCancellation } from './subscription-cancellation.ts';
import { addSubscriptions } from './subscriptions.ts';
import { addTicket } from './ticket.ts';
import { addTicketCancellation } from './ticket-cancellation.ts';
import { addTicketChange } from './ticket-change.ts';
import { addTicketEdit } from './ticket-edit.ts';

/** The whole schema; `schema.graphql` is it, printed. */
export function createSchema(): GraphQLSchema {
  const builder = createBuilder();
  const event = addEvent(builder);
  const cancellation = addCancellation(builder, event);
  const money = addMoney(builder);
  const ticket = addTicket(builder, money);
  addTicketCancellation(builder, event, cancellation, ticket);
  addTicketChange(builder, event, cancellation, ticket);
  addTicketEdit(builder, event, ticket, money);
  addOrderCancellation(builder, event, cancellation, money);
  addSubscriptionCancellation(builder, event, cancellation, money);
  const booking = addBooking(builder, event, cancellation);
  addBookingCancellation(builder, event, cancellation, booking);
  addBookingChange(builder, event, cancellation, booking);
  addOtherEvent(builder, event);
  const stream = addStreamMessage(builder, event, cancellation);
  const filter = addFilter(builder, cancellation);
  addQueries(builder, event, cancellation, stream, filter);
  addQuarantine(builder, event);
  addSubscriptions(builder, stream, filter);
  addActivity(builder, cancellation, stream);
  addSources(builder);
  return builder.toSchema();
}
