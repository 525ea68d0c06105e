import type { Sample } from '../sample.ts';

type Change = Readonly<Record<string, unknown>>;

export const hubspotSamples: readonly Sample[] = [
  sample('deal.propertyChange', 48_807_704, { propertyName: 'dealstage', propertyValue: 'closedlost' }),
  sample('contact.creation', 123, { changeFlag: 'NEW' }),
];

/** A sample with a second change, since HubSpot sends changes together. */
function sample(event: string, objectId: number, more: Change): Sample {
  return {
    event,
    payload: (fresh) => {
      const occurredAt = (fresh?.at ?? new Date(1_775_200_000_000)).getTime();
      const change = (eventId: string | number, said: Change): Change => ({
        eventId,
        subscriptionId: 138_302,
        portalId: 62_515,
        appId: 1_047_486,
        occurredAt,
        attemptNumber: 0,
        changeSource: 'CRM',
        ...said,
      });
      const id = fresh?.id;
      return {
        body: [
          change(id ?? 3_816_279_340, { subscriptionType: event, objectId, ...more }),
          change(id === undefined ? 3_816_279_480 : `${id}-email`, {
            subscriptionType: 'contact.propertyChange',
            objectId: 123,
            propertyName: 'email',
            propertyValue: 'paula@coro.example',
          }),
        ],
      };
    },
  };
}
