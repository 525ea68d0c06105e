import type { SourceSecret } from '../operator/sources.ts';
import type { Terminal } from './terminal.ts';
import { withOperations } from './with-operations.ts';

const LIST = `query SourcesList {
  sources { name provider lastEventAt reconciliation { webhook } operations { url path secret drift pause { at reason osUser tokenId } } }
}`;
const PAUSE = `mutation SourcesPause($source: String!, $reason: String) {
  pauseSource(source: $source, reason: $reason) { at }
}`;
const RESUME = `mutation SourcesResume($source: String!) { resumeSource(source: $source) }`;
const SAMPLE = `mutation SourcesSample($source: String!, $event: String) {
  sendSample(source: $source, event: $event) { status eventId }
}`;

interface Source {
  readonly name: string;
  readonly provider: string;
  readonly lastEventAt: string | null;
  readonly reconciliation: { readonly webhook: 'ON' | 'OFF' | null } | null;
  readonly operations: {
    readonly url: string | null;
    readonly path: string;
    readonly secret: SourceSecret;
    readonly drift: number;
    readonly pause: {
      readonly at: string;
      readonly reason: string | null;
      readonly osUser: string | null;
      readonly tokenId: string | null;
    } | null;
  };
}

const SECRETS: Readonly<Record<SourceSecret, string>> = {
  SET: 'secret set',
  BROUGHT: 'secret brought by its sender',
  AWAITED: 'no secret yet: its sender has not made its handshake',
  NONE: 'nobody signs',
};

/** `hookcast sources list`: one line each. */
export function listSources(terminal: Terminal): Promise<void> {
  return withOperations(terminal, { command: 'sources list', needsSources: true }, async ({ ask }) => {
    const { sources } = await ask<{ readonly sources: readonly Source[] }>(LIST);
    for (const { name, provider, lastEventAt, reconciliation, operations } of sources) {
      const { url, path, secret, drift, pause } = operations;
      terminal.print(
        name,
        provider,
        url ?? path,
        SECRETS[secret],
        lastEventAt === null ? 'no event yet' : `last event ${lastEventAt}`,
        ...(reconciliation?.webhook === 'OFF' ? ['its webhook is off at the provider'] : []),
        ...(drift > 0 ? [`${drift} fields not expected`] : []),
        ...(pause === null ? [] : [`paused since ${pause.at} by ${whoOf(pause)}`]),
        ...(pause?.reason ? [pause.reason] : []),
      );
    }
    if (sources.length === 0) terminal.print('No source is configured.');
  });
}

/** `hookcast sources pause`: all gateways answer the source's deliveries with 503. */
export function pauseSource(
  source: string,
  { reason = null }: { readonly reason?: string | null },
  terminal: Terminal,
): Promise<void> {
  return withOperations(terminal, { command: 'sources pause', needsSources: true }, async ({ ask }) => {
    const asked = { source, reason };
    const { pauseSource } = await ask<{ readonly pauseSource: { readonly at: string } }>(PAUSE, asked);
    terminal.print(
      `${source} is paused since ${pauseSource.at}. Gateways answer its deliveries with 503 within a second.`,
    );
    terminal.print('Their sender tries again for a while. "hookcast sources resume" ends the pause.');
  });
}

/** `hookcast sources resume`. */
export function resumeSource(source: string, terminal: Terminal): Promise<void> {
  return withOperations(terminal, { command: 'sources resume', needsSources: true }, async ({ ask }) => {
    const { resumeSource } = await ask<{ readonly resumeSource: boolean }>(RESUME, { source });
    terminal.print(resumeSource ? `${source} is resumed.` : `${source} was not paused.`);
  });
}

/** `hookcast sources sample`: a running gateway signs a sample and delivers it to itself. */
export function sendSourceSample(source: string, event: string | undefined, terminal: Terminal): Promise<void> {
  return withOperations(terminal, { command: 'sources sample', needsSources: true }, async ({ ask }) => {
    interface Sent {
      readonly sendSample: { readonly status: string; readonly eventId: string | null };
    }
    const { status, eventId } = (await ask<Sent>(SAMPLE, { source, event: event ?? null })).sendSample;
    terminal.print(source, status, ...(eventId === null ? [] : [eventId]));
  });
}

function whoOf({ osUser, tokenId }: { readonly osUser: string | null; readonly tokenId: string | null }): string {
  if (osUser !== null) return osUser;
  return tokenId === null ? 'a token' : `token ${tokenId}`;
}
