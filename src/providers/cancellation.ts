import type { BookingSlot } from '../events/booking.ts';
import type { BookingCancellation } from '../events/booking-cancellation.ts';
import type { OrderCancellation } from '../events/order-cancellation.ts';
import type { Instant } from '../events/instant.ts';
import type { Person } from '../events/person.ts';
import type { SubscriptionCancellation } from '../events/subscription-cancellation.ts';
import type { TicketCancellation } from '../events/ticket-cancellation.ts';
import type { Said } from './define-provider.ts';

type Typed = TicketCancellation | BookingCancellation | OrderCancellation | SubscriptionCancellation;

/** Everything that a cancellation may say, in one: what of it is personal is known here, and put apart. */
type Members<C extends Typed> = Omit<C['data'], 'slot'> & Omit<C['personal'], 'customer'>;

type Given<C extends Typed, Needed extends keyof Members<C>> = Partial<Members<C>> &
  Pick<Members<C>, Needed> & {
    readonly kind: C['kind'];
    readonly customer?: Partial<Person>;
    readonly subject?: string | null;
    readonly occurredAt?: Instant | null;
    readonly version?: string | null;
    /** Whom it is about besides the customer. */
    readonly people?: readonly Person[];
  };

export type CancellationFields =
  | Given<TicketCancellation, 'ticketNumber'>
  | (Given<BookingCancellation, 'bookingId'> & { readonly slot?: Partial<BookingSlot> })
  | Given<OrderCancellation, 'orderId'>
  | Given<SubscriptionCancellation, 'subscriptionId'>;

/**
 * A whole cancellation from what is known of it: the rest is null, an empty list, or UNKNOWN. Whatever identifies somebody
 * goes where personal data is kept, and the customer is among the people that an erasure finds it by.
 */
export function cancellation(fields: CancellationFields): Said {
  const empty = EMPTY[fields.kind];
  const { subject, occurredAt, version, people = [], customer, ...members } = fields;
  const person: Person = { ...NOBODY, ...customer };
  const slot = fields.kind === 'BOOKING' && fields.slot ? { slot: { ...NO_SLOT, ...fields.slot } } : null;
  return {
    shape: empty.shape,
    kind: empty.kind,
    data: filled(empty.data, { ...members, ...slot }),
    personal: filled(empty.personal, { ...members, customer: person }),
    ...(subject !== undefined && { subject }),
    ...(occurredAt !== undefined && { occurredAt }),
    ...(version !== undefined && { version }),
    people: [person, ...people],
  } as Said;
}

/** The members of one, each as it was given or as it is when nobody said. */
function filled(empty: object, given: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(empty).map(([name, nothing]) => [name, given[name] ?? nothing]));
}

export const NOBODY: Person = { name: null, email: null, phone: null, externalId: null };

const NO_SLOT: BookingSlot = {
  sessionId: null,
  eventId: null,
  serviceId: null,
  scheduleId: null,
  startsAt: null,
  endsAt: null,
  timeZone: null,
  allDay: null,
  durationUnit: null,
  durationCount: null,
  resourceId: null,
  resourceTypeId: null,
  resourceScheduleId: null,
  locationId: null,
  locationType: null,
};

const DATA = {
  title: null,
  canceledBy: 'UNKNOWN',
  quantity: null,
  status: null,
  previousStatus: null,
  startsAt: null,
  endsAt: null,
  timeZone: null,
  refundExpected: null,
} as const;

const PERSONAL = { tenantName: null, customer: NOBODY, canceledById: null, canceledByName: null, reason: null };

/** What of each kind is said by nobody but its own provider: null here, and the same for all others. */
const EMPTY: { readonly [C in Typed as C['kind']]: C } = {
  TICKET: {
    shape: 'TicketCancellation',
    kind: 'TICKET',
    data: {
      ...DATA,
      producerId: null,
      occasion: null,
      ticketName: null,
      isPaid: null,
      batch: null,
      participantId: null,
      manuallyCreated: null,
      createdAt: null,
      sentAt: null,
    },
    personal: { ...PERSONAL, ticketNumber: '', producerEmail: null, buyer: null, tags: [], customFields: {} },
  },
  BOOKING: {
    shape: 'BookingCancellation',
    kind: 'BOOKING',
    data: {
      ...DATA,
      bookingId: '',
      slot: null,
      schedule: null,
      seatId: null,
      seatsPerSlot: null,
      series: null,
      tags: [],
      price: null,
      paymentStatus: null,
      selectedPaymentOption: null,
      depositSelected: null,
      createdAt: null,
      updatedAt: null,
      createdBy: 'UNKNOWN',
      revision: null,
      entityEventSequence: null,
      doubleBooked: null,
      multiService: null,
      addOns: [],
      formId: null,
      formSubmissionId: null,
      appId: null,
      createdByAppId: null,
      notifyParticipants: null,
      notificationChannels: [],
      ignoreCancellationPolicy: null,
      waiveCancellationFee: null,
      anonymized: false,
      accountInfo: null,
    },
    personal: {
      ...PERSONAL,
      createdById: null,
      externalUserId: null,
      customerAddress: null,
      countryCode: null,
      customerTimeZone: null,
      staffName: null,
      staffEmail: null,
      locationName: null,
      locationAddress: null,
      participantsChoices: null,
      resourceSelections: null,
      notificationMetadata: null,
      originatedFrom: null,
      additionalFields: null,
      extendedFields: null,
    },
  },
  ORDER: {
    shape: 'OrderCancellation',
    kind: 'ORDER',
    data: {
      ...DATA,
      orderId: '',
      items: [],
      total: null,
      paymentMethod: null,
      installments: null,
      subscriptionId: null,
      mainOrderId: null,
      offerName: null,
      createdAt: null,
      dueAt: null,
      sentAt: null,
    },
    personal: { ...PERSONAL, customerAddress: null, producerEmail: null, utm: null, tracker: null },
  },
  SUBSCRIPTION: {
    shape: 'SubscriptionCancellation',
    kind: 'SUBSCRIPTION',
    data: {
      ...DATA,
      subscriptionId: '',
      products: [],
      price: null,
      interval: null,
      paymentMethod: null,
      isScheduled: false,
      cause: null,
      feedback: null,
      feedbackOption: null,
      createdAt: null,
      updatedAt: null,
      canceledAt: null,
      sentAt: null,
      isLive: null,
    },
    personal: { ...PERSONAL, payer: null, producerEmail: null },
  },
};
