import { encodeGlobalID } from '@pothos/plugin-relay';
import type { DisclosedEvent } from '../auth/viewer.ts';
import type { Instant } from '../events/instant.ts';
import { originOf } from '../events/origin.ts';
import { toUtf8Text } from '../events/utf8-text.ts';
import type { Builder } from './builder.ts';
import { PAYLOAD } from '../execution/cost.ts';
import { JsonTexts } from '../execution/json-text.ts';
import { EVENT, typenameOf } from './node-id.ts';

export type EventTypes = ReturnType<typeof addEvent>;

/** `Event`, and the types that every event needs. */
export function addEvent(builder: Builder, shapes: ReadonlySet<string>) {
  const jsonTexts = new JsonTexts();
  const Tenant = builder.objectRef<DisclosedEvent>('Tenant').implement({
    description:
      "The provider's account that an event belongs to, `<provider>:<account>`: `eduzz:<producer id>`, " +
      '`wix:<instance id>`; the account is the name of the source if the provider sends none.',
    fields: (t) => ({
      id: t.id({ resolve: ({ tenant }) => tenant }),
      name: t.string({
        nullable: true,
        description: 'The name of the producer, who is a person. Personal.',
        resolve: ({ personal }) => personal?.tenantName ?? null,
      }),
    }),
  });

  const ProviderTime = builder.objectRef<Instant>('ProviderTime').implement({
    description: 'A time as the provider wrote it, beside the moment that it stands for.',
    fields: (t) => ({
      instant: t.field({ type: 'DateTime', resolve: ({ at }) => at }),
      text: t.exposeString('text', { description: 'As received, with microseconds and offset.' }),
    }),
  });

  const PersonalData = builder.enumType('PersonalData', {
    description: 'Whether personal fields are served, and why not.',
    values: {
      AVAILABLE: { description: 'The fields have what the provider sent.' },
      WITHHELD: { description: 'The token lacks the scope `pii:read`.' },
      ERASED: {
        description:
          'It was erased, or was never recorded: the event was a privacy request, or came late and is about somebody who had been erased.',
      },
    },
  });

  const EventOrigin = builder.enumType('EventOrigin', {
    description: 'How an event came to the log.',
    values: {
      DELIVERED: { description: 'By a delivery of the provider.' },
      RECONCILED: { description: 'From the API of the provider, since no delivery had told of it.' },
    },
  });

  const Event = builder.interfaceRef<DisclosedEvent>(EVENT).implement({
    description: 'Something happened, as a provider reported it.',
    interfaces: [builder.nodeInterfaceRef()],
    resolveType: (event) => typenameOf(event, shapes),
    fields: (t) => ({
      // The relay plugin's own id field resolves asynchronously, but subscriptions are executed in one turn. The id is without
      // the type, so that an event keeps its id if it gets a type later.
      id: t.id({ resolve: ({ source, eventId }) => encodeGlobalID(EVENT, toUtf8Text(`${source}:${eventId}`)) }),
      provider: t.exposeString('provider'),
      source: t.exposeString('source', {
        description: 'The source: the endpoint that the provider posted the event to.',
      }),
      type: t.exposeString('type', { description: "The provider's name of the event." }),
      eventId: t.exposeString('eventId', {
        description:
          "The provider's id of the event. If the provider sent no id, or the id of another event, the gateway makes one that begins with `derived:`.",
      }),
      // The tenant resolves to the whole event, so that a query for its id alone reads no personal data.
      tenant: t.field({ type: Tenant, resolve: (event) => event }),
      subject: t.exposeString('subject', {
        nullable: true,
        description:
          'What the event is about: `ticket/…`, `booking/…`, `order/…`, `subscription/…`, `occasion/…`, `student/…`, `comment/…`, `cart/…` or `contact/…`. Pass it to `subject` to get the whole story.',
      }),
      occurredAt: t.field({ type: 'DateTime', resolve: ({ occurredAt }) => occurredAt.at }),
      occurredAtText: t.string({
        description: '`occurredAt` as the provider wrote it.',
        resolve: ({ occurredAt }) => occurredAt.text,
      }),
      receivedAt: t.field({ type: 'DateTime', resolve: ({ receivedAt }) => receivedAt }),
      origin: t.field({ type: EventOrigin, resolve: ({ data }) => originOf(data) }),
      superseded: t.exposeBoolean('superseded', {
        description: 'True if the event arrived late: the log already had a later state of its subject.',
      }),
      personalData: t.expose('personalData', { type: PersonalData }),
      raw: t.field({
        type: 'JSON',
        nullable: true,
        description: 'The verified payload without secrets. Needs the scopes `raw:read` and `pii:read`.',
        complexity: PAYLOAD,
        authScopes: { scopes: ['raw:read', 'pii:read'] },
        unauthorizedResolver: () => null,
        resolve: (event) => (event.raw === null ? null : jsonTexts.ofText(event, event.raw)),
      }),
    }),
  });

  return { Event, Tenant, ProviderTime, PersonalData };
}
