import type { EventType } from '../declaration/event-type.ts';
import { CartAbandonment } from '../providers/eduzz/types/cart-abandonment.ts';
import { Commission } from '../providers/eduzz/types/commission.ts';
import { LearnerActivity } from '../providers/eduzz/types/learner-activity.ts';
import { VideoProcessing } from '../providers/eduzz/types/video-processing.ts';
import { EmailChange } from '../providers/sendgrid/types/email-change.ts';
import { BookingCancellation } from './booking-cancellation.ts';
import { BookingChange } from './booking-change.ts';
import { OrderCancellation } from './order-cancellation.ts';
import { OrderChange } from './order-change.ts';
import { SubscriptionCancellation } from './subscription-cancellation.ts';
import { SubscriptionChange } from './subscription-change.ts';
import { TicketCancellation } from './ticket-cancellation.ts';
import { TicketChange } from './ticket-change.ts';
import { TicketEdit } from './ticket-edit.ts';

/** The types that hookcast brings, whichever providers are in use. `schema.graphql` is printed from them. */
export const SHIPPED: readonly EventType[] = [
  TicketCancellation,
  TicketChange,
  TicketEdit,
  OrderCancellation,
  OrderChange,
  SubscriptionCancellation,
  SubscriptionChange,
  BookingCancellation,
  BookingChange,
  Commission,
  CartAbandonment,
  LearnerActivity,
  VideoProcessing,
  EmailChange,
];
