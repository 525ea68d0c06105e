import type { MessagePort } from 'node:worker_threads';
import type { LogFile, ThreadName } from '../log/sharing.ts';
import type { LedgerMemory } from '../tallies/ledger.ts';
import type { Measured, Metrics } from '../telemetry/metrics.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The values that a worker is started with. */
export interface Orders {
  /** From 1. The worker's log lines have it. A worker that replaces another has the same number. */
  readonly number: number;
  readonly workers: number;
  /** The port on which the other workers listen. Null if none does yet. */
  readonly port: number | null;
  readonly ledger: LedgerMemory;
  /** The name of the channel on which workers ask each other. No other gateway of the process has it. */
  readonly channel: string;
}

export type ToWorker =
  | { readonly kind: 'reload'; readonly env: Environment }
  | { readonly kind: 'drain' }
  /** Asks for the worker's metrics. */
  | { readonly kind: 'measure' }
  /** The metrics of all workers, which the worker asked for with `scrape`. */
  | { readonly kind: 'scraped'; readonly id: number; readonly scraped: Awaited<ReturnType<Metrics['text']>> };

export type FromWorker =
  | { readonly kind: 'listening'; readonly url: string; readonly sources: readonly string[] }
  /** The worker could not start. There is one line for each thing to mend. */
  | { readonly kind: 'failed'; readonly lines: readonly string[] }
  | { readonly kind: 'reloaded'; readonly areTaken: boolean }
  | { readonly kind: 'ended' }
  /** Lines of the worker's log. */
  | { readonly kind: 'lines'; readonly text: string }
  | { readonly kind: 'thread'; readonly name: ThreadName; readonly file: LogFile; readonly port: MessagePort }
  | { readonly kind: 'measured'; readonly measured: Measured }
  | { readonly kind: 'scrape'; readonly id: number };
