import { setTimeout } from 'node:timers/promises';
import type { CDPSession } from 'playwright-core';
import { signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { append } from '../support/append.ts';
import { watch } from '../support/browser.ts';
import { GatewayProcess } from '../support/child.ts';
import { findChromium, launch } from '../support/chromium.ts';
import { EDUZZ_SECRET, environment, makeToken, temporaryFolder } from '../support/gateway.ts';
import type { Fault, Options } from './fault.ts';
import { median, percentile } from './process.ts';

const MINUTE = 60_000;
/** How often the page is measured, all in all: a fifth of it while it warms up. */
const LOOKS = { paced: 25, atOnce: 10 };
/** How much the page may grow after the warm-up, in MB and as a share. */
const GROWTH = { share: 1.25, more: 4 };
/** Elements, texts and attributes of the whole page: of rows, only those in sight are in it. */
const MOST_NODES = 4_000;
/** Until a row is there, in milliseconds. */
const SOON = 1_000;
/** How often a timer looks whether the machine runs, and how late it may be, in milliseconds. */
const TICK = 50;
const STILL = 250;
/** Deliveries on their way at once. */
const AT_ONCE = 8;

/** In the page, before its own scripts: notes when each event's row first appeared, in milliseconds since 1970. */
const NOTE_ROWS = `
  globalThis.shown = {};
  new MutationObserver(() => {
    for (const row of document.querySelectorAll('[data-event]')) shown[row.dataset.event] ??= Date.now();
  }).observe(document, { subtree: true, childList: true, attributeFilter: ['data-event'] });
`;

/**
 * Somebody leaves the console open while cancellations arrive: as deliveries, evenly over the minutes; or, in no time, out of
 * another process's hands, as fast as the log takes them.
 */
export const watched: Fault = {
  name: 'watched',
  what: 'the console, open while cancellations arrive',
  unit: 'cancellations',
  runs: 36_000,
  minutes: 60,
  run,
};

interface Look {
  /** MB of JavaScript's heap, after a collection. */
  readonly heap: number;
  readonly nodes: number;
  /** Milliseconds of the page's main thread for each event since the last look. */
  readonly work: number;
}

async function run({ runs, minutes, findings, progress }: Options): Promise<void> {
  const folder = temporaryFolder();
  const gateway = await GatewayProcess.start(environment(folder));
  const browser = await launch(await findChromium());
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const wrong = await watch(page, gateway.url);
  if (minutes > 0) await page.addInitScript({ content: NOTE_ROWS });
  await page.goto(`${gateway.url}/console/events#token=${await makeToken({ expires: minutes * 60 + 600 })}`);
  await page.locator('.stream-state.live').waitFor();

  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const posted = new Map<string, number>();
  const delays: number[] = [];
  const machine = new StandStills();
  const looks: Look[] = [];
  const pace = (minutes * MINUTE) / runs;
  const piece = Math.ceil(runs / (minutes > 0 ? LOOKS.paced : LOOKS.atOnce));
  const began = performance.now();
  let worked = (await measure(session)).worked;
  for (let from = 0; from < runs; from += piece) {
    const to = Math.min(from + piece, runs);
    if (minutes > 0) await post(gateway, { from, to, due: (index) => began + index * pace, posted });
    else {
      await append(
        folder,
        Array.from({ length: to - from }, (_, index) => idOf(from + index)),
      );
    }
    await page.locator(`[data-event="${idOf(to - 1)}"]`).waitFor({ timeout: MINUTE });
    if (minutes > 0) {
      // Taken out of the page: a list of every row that was ever there would grow for an hour, and look like a leak.
      const shown = (await page.evaluate('[shown, (shown = {})][0]')) as Record<string, number>;
      for (const [id, at] of Object.entries(shown)) {
        const sent = posted.get(id);
        if (sent !== undefined && !machine.stoodStill(sent, at)) delays.push(at - sent);
        // Rows that are still there when the next ones come are noted again.
        posted.delete(id);
      }
    }
    await session.send('HeapProfiler.collectGarbage');
    const { heap, nodes, worked: now } = await measure(session);
    looks.push({ heap, nodes, work: (now - worked) / (to - from) });
    worked = now;
    progress(
      `${to} of ${runs}: ${heap.toFixed(1)} MB, ${nodes} nodes, ${looks.at(-1)!.work.toFixed(2)} ms of work each`,
    );
  }

  findings.note('cancellations', runs);
  if (minutes > 0) {
    findings.note('ms between them', pace);
    const late = percentile(delays, 0.99);
    findings.note('p50 ms until shown', median(delays));
    findings.note('p99 ms until shown', late);
    findings.expectOfQuiet(late < SOON, 'CON1', () => `one of a hundred was shown after ${late} ms`);
    // Not those for which the machine itself stood still; and of a burst only the newest rows come in sight.
    findings.note('timed', delays.length);
    findings.note('times the machine stood still', machine.count);
  }
  const fifth = Math.floor(looks.length / 5);
  const grown = (name: keyof Look) => {
    const [warm, end] = [looks.slice(fifth, 2 * fifth), looks.slice(-fifth)].map((some) =>
      median(some.map((look) => look[name])),
    );
    findings.note(`${name} warmed up`, warm!);
    findings.note(`${name} at the end`, end!);
    return { warm: warm!, end: end! };
  };
  grown('work');
  const heap = grown('heap');
  findings.expect(heap.end <= heap.warm * GROWTH.share + GROWTH.more, 'CON8', () => {
    return `the page's memory grew from ${heap.warm} to ${heap.end} MB`;
  });
  const nodes = grown('nodes').end;
  findings.expect(nodes < MOST_NODES, 'CON8', () => `the page has ${nodes} nodes`);
  for (const line of wrong) findings.expect(false, 'CON7', () => line);
  machine.end();
  await browser.close();
  await gateway.end('SIGTERM');
}

/** When nothing at all ran here: a virtual machine that its host lets wait tells nothing of how fast a page is. */
class StandStills {
  readonly #stretches: (readonly [from: number, to: number])[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor() {
    let last = Date.now();
    this.#timer = setInterval(() => {
      const now = Date.now();
      if (now - last > TICK + STILL) this.#stretches.push([last, now]);
      last = now;
    }, TICK).unref();
  }

  get count(): number {
    return this.#stretches.length;
  }

  /** Whether it did between these moments. */
  stoodStill(from: number, to: number): boolean {
    return this.#stretches.some(([since, until]) => since < to && from < until);
  }

  end(): void {
    clearInterval(this.#timer);
  }
}

/** Posts the cancellations of these numbers, each when it is due or as soon as those before leave it room. */
async function post(
  gateway: GatewayProcess,
  options: {
    readonly from: number;
    readonly to: number;
    readonly due: (index: number) => number;
    /** Told when which was sent, in milliseconds since 1970. */
    readonly posted: Map<string, number>;
  },
): Promise<void> {
  let next = options.from;
  const postSome = async () => {
    while (next < options.to) {
      const index = next++;
      const early = options.due(index) - performance.now();
      if (early > 1) await setTimeout(early);
      const { headers, body } = signAsEduzz(attendanceCanceled({ id: idOf(index) }), EDUZZ_SECRET);
      options.posted.set(idOf(index), Date.now());
      const response = await fetch(`${gateway.url}/webhooks/eduzz`, { method: 'POST', headers, body });
      if (!response.ok) throw new Error(`a delivery was answered ${response.status}: ${await response.text()}`);
      await response.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, postSome));
}

function idOf(index: number): string {
  return index.toString(16).padStart(32, '0');
}

async function measure(session: CDPSession): Promise<{ heap: number; nodes: number; worked: number }> {
  const { metrics } = await session.send('Performance.getMetrics');
  const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? 0;
  return { heap: of('JSHeapUsedSize') / 1024 / 1024, nodes: of('Nodes'), worked: of('TaskDuration') * 1_000 };
}
