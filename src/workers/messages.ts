import type { MessagePort } from 'node:worker_threads';
import type { ThreadName } from '../log/sharing.ts';
import type { LedgerMemory } from '../tallies/ledger.ts';
import type { Measured, Metrics } from '../telemetry/metrics.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a worker begins with. */
export interface Orders {
  /** From 1, as its lines in the log have it. A worker that takes another one's place has the same number. */
  readonly number: number;
  readonly workers: number;
  /** Where the others listen; null when none does yet. */
  readonly port: number | null;
  readonly ledger: LedgerMemory;
  /** The name of the channel on which they ask each other; no other gateway of the process has it. */
  readonly channel: string;
}

export type ToWorker =
  | { readonly kind: 'reload'; readonly env: Environment }
  | { readonly kind: 'drain' }
  /** What it measures is asked for. */
  | { readonly kind: 'measure' }
  /** What all measure, as it asked for. */
  | { readonly kind: 'scraped'; readonly id: number; readonly scraped: Awaited<ReturnType<Metrics['text']>> };

export type FromWorker =
  | { readonly kind: 'listening'; readonly url: string; readonly sources: readonly string[] }
  /** It could not start; one line for each thing to mend. */
  | { readonly kind: 'failed'; readonly lines: readonly string[] }
  | { readonly kind: 'reloaded'; readonly areTaken: boolean }
  | { readonly kind: 'ended' }
  /** Lines of its log. */
  | { readonly kind: 'lines'; readonly text: string }
  | { readonly kind: 'thread'; readonly name: ThreadName; readonly path: string; readonly port: MessagePort }
  | { readonly kind: 'measured'; readonly measured: Measured }
  | { readonly kind: 'scrape'; readonly id: number };
