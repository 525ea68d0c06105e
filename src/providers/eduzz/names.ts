/** Events of one app whose envelopes are read in the same way. */
interface Family {
  readonly app: string;
  readonly names: readonly string[];
  /** The kind of the subject, and the path of its id in `data`. */
  readonly subject?: readonly [kind: string, ...path: string[]];
  /** The path in `data` of the time when the event happened. If `data` has none, it is the time at which Eduzz sent the event. */
  readonly happened?: readonly string[];
  /** The path in `data` of what orders the states of the subject. */
  readonly state?: readonly string[];
}

const CONTRACT = {
  subject: ['subscription', 'contract', 'id'],
  happened: ['contract', 'updatedAt'],
  state: ['contract', 'updatedAt'],
} as const;

/** All events of Developer Hub's "Webhook v3", as its OpenAPI lists them: https://developers.eduzz.com/api/openapi */
const FAMILIES: readonly Family[] = [
  {
    app: 'blinket',
    names: [
      'attendance_added',
      'attendance_assigned',
      'attendance_canceled',
      'attendance_checkin',
      'attendance_edited',
      'attendance_tag_changed',
      'attendances_printed',
      'ticket_edited',
    ],
    // The time when Blinket made the webhook. Blinket doesn't say when the event itself happened.
    happened: ['createdAt'],
  },
  {
    app: 'myeduzz',
    // `data.createdAt` is not used: it is when the order was made, long before most of these events happened.
    names: [
      'invoice_canceled',
      'invoice_chargeback',
      'invoice_expired',
      'invoice_negotiated',
      'invoice_opened',
      'invoice_paid',
      'invoice_recovering',
      'invoice_refunded',
      'invoice_scheduled',
      'invoice_waiting_payment',
      'invoice_waiting_refund',
    ],
    subject: ['order', 'id'],
  },
  { app: 'myeduzz', names: ['commission_processed'], subject: ['order', 'invoiceId'] },
  {
    app: 'myeduzz',
    names: ['contract_created', 'contract_updated'],
    ...CONTRACT,
  },
  {
    app: 'myeduzz',
    names: [
      'contract_bankslip_attempted',
      'contract_card_attempted',
      'contract_eduzz_balance_attempted',
      'contract_pix_attempted',
    ],
    subject: ['subscription', 'contract', 'id'],
    happened: ['invoice', 'attemptDate'],
  },
  {
    app: 'nutror',
    names: ['comment_created', 'comment_deleted', 'comment_replied'],
    subject: ['comment', 'comment', 'id'],
    happened: ['createdAt'],
  },
  {
    app: 'nutror',
    names: [
      'certificate_viewed',
      'community_viewed',
      'enrollment_created',
      'file_downloaded',
      'inactive_student',
      'learner_help',
      'lesson_rated',
      'lesson_saved',
      'lesson_started',
      'lesson_watched',
      'module_completed',
      'notation_created',
    ],
    happened: ['createdAt'],
  },
  {
    app: 'alpaclass',
    names: [
      'student_certificate_accessed',
      'student_comment_created',
      'student_course_finished',
      'student_course_last_seen',
      'student_course_unfinished',
      'student_created',
      'student_lesson_finished',
      'student_lesson_last_seen',
      'student_lesson_marked_as_favorite',
      'student_lesson_unfinished',
      'student_lesson_unmarked_as_favorite',
      'student_module_finished',
      'student_module_unfinished',
    ],
    subject: ['student', 'student', 'id'],
  },
  {
    app: 'safevideo',
    // The name of a file may contain a person's name, so it is no subject.
    names: [
      'encoder_error',
      'encoder_finished',
      'encoder_started',
      'encoder_waiting',
      'upload_canceled',
      'upload_error',
      'upload_finished',
      'upload_started',
    ],
  },
  { app: 'sun', names: ['cart_abandonment'], subject: ['cart', 'transactionId'], happened: ['updatedAt'] },
];

/** Names that some events had in 2024. Configurations of that time may still send them: https://github.com/eduzz/eduzz-webhook-docs */
const OF_2024: readonly Family[] = [
  { app: 'blinket', names: ['attendance_printed', 'checkin', 'tag_changed'], happened: ['createdAt'] },
  { app: 'myeduzz', names: ['invoice_updated'], subject: ['order', 'id'] },
  { app: 'subscriptions', names: ['contract_updated', 'status_updated'], ...CONTRACT },
  { app: 'myeduzz', names: ['contract_status_updated'], ...CONTRACT },
];

const BY_NAME: ReadonlyMap<string, Family> = new Map(
  [...OF_2024, ...FAMILIES].flatMap((family) => family.names.map((name) => [`${family.app}.${name}`, family] as const)),
);

/**
 * Full names by the name without its app. Such a name has only one meaning: no two apps of today share a name, and if a name of 2024 is
 * used again, today's meaning counts. The header `x-subscription` (`<subscription id>:<event name>`) also names the app, but it is not
 * read. It is not signed, so somebody who replays a captured delivery could choose its meaning.
 */
const FULL_NAMES = new Map([...BY_NAME.keys()].map((name) => [name.slice(name.indexOf('.') + 1), name]));

/** The names of all events of today, each with its app in front. */
export const EDUZZ_EVENTS: readonly string[] = FAMILIES.flatMap(({ app, names }) =>
  names.map((name) => `${app}.${name}`),
);

/**
 * The name with its app in front, which Eduzz sometimes leaves out. An unknown name stays unchanged. The end of a name never decides:
 * `safevideo.upload_canceled` cancels nothing.
 */
export function fullName(name: string): string {
  return FULL_NAMES.get(name) ?? name;
}

export function familyOf(name: string): Pick<Family, 'subject' | 'happened' | 'state'> {
  return BY_NAME.get(name) ?? {};
}
