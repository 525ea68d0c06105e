/** The span above a request's own (W3C Trace Context), in the form of OpenTelemetry's API. */
interface Parent {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
  readonly isRemote: true;
}

const FORM = /^[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/;

/** Reads `traceparent` alone: `tracestate` and `baggage` are free text, which a stranger could fill and spans would pass on. */
export function parseTraceparent(headers: Readonly<Record<string, string | string[] | undefined>>): Parent | null {
  const given = headers['traceparent'];
  const parts = typeof given === 'string' ? FORM.exec(given) : null;
  if (!parts || given!.slice(0, 2) === 'ff') return null;
  return { traceId: parts[1]!, spanId: parts[2]!, traceFlags: Number.parseInt(parts[3]!, 16) & 1, isRemote: true };
}
