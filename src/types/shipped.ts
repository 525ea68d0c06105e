import type { EventType } from '../declaration/event-type.ts';
import { BookingCancellation } from './booking-cancellation.ts';
import { BookingChange } from './booking-change.ts';
import { OrderCancellation } from './order-cancellation.ts';
import { SubscriptionCancellation } from './subscription-cancellation.ts';
import { SubscriptionChange } from './subscription-change.ts';
import { TicketCancellation } from './ticket-cancellation.ts';
import { TicketChange } from './ticket-change.ts';
import { TicketEdit } from './ticket-edit.ts';

/** The types that hookcast brings, whichever providers are in use: `schema.graphql` is they, printed. */
export const SHIPPED: readonly EventType[] = [
  TicketCancellation,
  TicketChange,
  TicketEdit,
  OrderCancellation,
  SubscriptionCancellation,
  SubscriptionChange,
  BookingCancellation,
  BookingChange,
];
