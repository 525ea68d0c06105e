type Members = Readonly<Record<string, unknown>>;

/**
 * Converts the open data of an event to today's declarations. Until types were declared, hookcast kept open data and personal data in two
 * flat objects with other names. Logs still contain such events, unchanged.
 *
 * @param data the open data that was kept.
 */
export function currentData(shape: string, data: Members): Members {
  if (!FORMER.has(shape) || !isFormer(data)) return data;
  return known(data, () => {
    const { canceledBy, createdBy, initiatedBy, producerId, change, subscriptionId, ...rest } = data;
    const isOrder = shape === 'OrderCancellation';
    return {
      ...rest,
      ...(canceledBy !== undefined && { canceledBy: { type: canceledBy } }),
      ...(createdBy !== undefined && { createdBy: { type: createdBy } }),
      ...(initiatedBy !== undefined && { initiatedBy: { type: initiatedBy } }),
      ...(producerId !== undefined && { producer: producerId === null ? null : { producerId } }),
      ...(change !== undefined && { [CHANGES[shape] ?? 'change']: change }),
      ...(subscriptionId !== undefined && { [isOrder ? 'parentSubscriptionId' : 'subscriptionId']: subscriptionId }),
      reference: data['bookingId'] ?? data['orderId'] ?? subscriptionId ?? null,
      occasion: renamed(data['occasion'], 'occasionId'),
      participants: listed(data['participants'], 'participantId'),
      slot: placed(data['slot']),
      schedule: placed(data['schedule']),
      previousSlot: placed(data['previousSlot']),
      previousSchedule: placed(data['previousSchedule']),
      multiService: renamed(data['multiService'], 'multiServiceId'),
      series: renamed(data['series'], 'seriesId'),
      feedbackOption: renamed(data['feedbackOption'], 'feedbackOptionId'),
      products: listed(data['products'], 'productId'),
      addOns: listed(data['addOns'], 'addOnId'),
      previousAddOns: listed(data['previousAddOns'], 'addOnId'),
    };
  });
}

/** The same for personal data. */
export function currentPersonal(shape: string, personal: Members): Members {
  if (!FORMER.has(shape) || !isFormerPersonal(shape, personal)) return personal;
  return known(personal, () => {
    const { ticketNumber, tags, countryCode, previousPlace, ...rest } = personal;
    const [place, before] = [placeOf(personal), previousPlace && placeOf(previousPlace as Members)];
    const isTicket = shape.startsWith('Ticket');
    return {
      ...rest,
      ...(isTicket && { producer: { name: personal['tenantName'], email: personal['producerEmail'] } }),
      ...(ticketNumber !== undefined && { reference: ticketNumber, ticketTags: listed(tags, 'tagId') }),
      customerCountryCode: countryCode,
      canceledBy: { actorId: personal['canceledById'], name: personal['canceledByName'] },
      createdBy: { actorId: personal['createdById'] },
      initiatedBy: { actorId: personal['initiatedById'] },
      slot: place,
      schedule: place,
      previousSlot: before,
      previousSchedule: before,
      participants: holders(personal['participants']),
    };
  });
}

const CHANGES: Readonly<Record<string, string>> = {
  TicketChange: 'ticketChange',
  BookingChange: 'bookingChange',
  SubscriptionChange: 'subscriptionChange',
};

/** The types of that time. A custom type may have members of the same names with another meaning. */
const FORMER: ReadonlySet<string> = new Set([
  'TicketCancellation',
  'TicketChange',
  'TicketEdit',
  'OrderCancellation',
  'SubscriptionCancellation',
  'SubscriptionChange',
  'BookingCancellation',
  'BookingChange',
]);

/** Recognizes the former form by members that no type has today. */
function isFormerPersonal(shape: string, personal: Members): boolean {
  if ('canceledById' in personal || 'initiatedById' in personal) return true;
  // Orders and subscriptions still have `producerEmail`.
  return (shape === 'TicketChange' || shape === 'TicketEdit') && 'producerEmail' in personal;
}

/** Recognizes the former form by members that each former type had, and that have another form or name today. */
function isFormer(data: Members): boolean {
  return typeof data['canceledBy'] === 'string' || 'change' in data || 'producerId' in data;
}

/** The fields of an event are read one by one, so the conversion is kept for all of them. */
function known(kept: Members, work: () => Members): Members {
  let current = KNOWN.get(kept);
  if (!current) KNOWN.set(kept, (current = work()));
  return current;
}
const KNOWN = new WeakMap<Members, Members>();

function renamed(value: unknown, id: string): unknown {
  if (!isObject(value) || !('id' in value)) return value;
  const { id: was, ...rest } = value;
  return { [id]: was, ...rest };
}

function listed(value: unknown, id: string): unknown {
  return Array.isArray(value) ? value.map((item) => renamed(item, id)) : value;
}

/** Formerly the members of staff and location were members of the slot or schedule itself. */
function placed(value: unknown): unknown {
  if (!isObject(value)) return value;
  const { resourceId, resourceTypeId, resourceScheduleId, locationId, locationType, ...rest } = value;
  return {
    ...rest,
    staff: { staffId: resourceId, typeId: resourceTypeId, scheduleId: resourceScheduleId },
    location: { locationId, type: locationType },
  };
}

function placeOf({ staffName, staffEmail, locationName, locationAddress }: Members): Members {
  return { staff: { name: staffName, email: staffEmail }, location: { name: locationName, address: locationAddress } };
}

function holders(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((holder: Members) => ({ ...holder, tags: listed(holder['tags'], 'tagId') }));
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
