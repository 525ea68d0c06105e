import type { Person } from '../events/person.ts';
import { tracesOf, valuesIn } from '../events/trace.ts';
import type { Marker } from './marks.ts';

/**
 * The marks that an event of version 1 would have got, as a JSON list or null. Every type of version 1 names its person in the
 * same place.
 */
export function marksOfVersion1(
  event: {
    readonly source: string;
    readonly tenant: string;
    readonly personal: string | null;
    readonly raw: string | null;
  },
  marker: Marker,
): string | null {
  const personal = parsed(event.personal) as { readonly customer?: Person } | null;
  const about = personal?.customer ? [personal.customer] : [];
  const traces = tracesOf(about, [personal, parsed(event.raw)]);
  return marker.ofEvent({ source: event.source, tenant: event.tenant, traces });
}

/** The marks that a delivery of version 1 would have got, as a JSON list or null. */
export function marksOfVersion1Delivery(
  delivery: { readonly source: string; readonly payload: string },
  marker: Marker,
): string | null {
  return marker.ofDelivery({ source: delivery.source, values: valuesIn(parsed(delivery.payload)) });
}

function parsed(json: string | null): unknown {
  return json === null ? null : JSON.parse(json);
}
