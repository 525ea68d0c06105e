import { setTimeout } from 'node:timers/promises';
import { signAsEduzz } from '../../src/providers/eduzz/samples.ts';
import { attendanceCanceled } from '../fixtures/eduzz.ts';
import { GatewayProcess } from '../support/child.ts';
import { EDUZZ_SECRET, makeToken } from '../support/gateway.ts';
import { Providers, readAll } from '../support/providers.ts';
import { EVENTS, Subscriber } from '../support/subscriber.ts';
import type { Findings } from './findings.ts';
import { checkIntegrity, expectComplete } from './ledger.ts';

/** Wix hangs up after this, in milliseconds. The rest is for a busy machine. */
const HANGS_UP = 1_250;
/** How long the gateway may take to go on when the log can be written again, in milliseconds. */
const RECOVERY = 40_000;

/** A gateway under steady deliveries, with a follower, whose storage is taken away and given back. */
export class Outage {
  readonly gateway: GatewayProcess;
  readonly providers: Providers;
  readonly #follower: Subscriber;
  readonly #findings: Findings;
  readonly #path: string;
  #probes = 0;

  private constructor(gateway: GatewayProcess, follower: Subscriber, path: string, findings: Findings) {
    this.gateway = gateway;
    this.providers = new Providers(() => [gateway.url], { senders: 4, pause: 10 });
    this.#follower = follower;
    this.#path = path;
    this.#findings = findings;
  }

  static async begin(env: Record<string, string>, path: string, findings: Findings): Promise<Outage> {
    const gateway = await GatewayProcess.start(env);
    const follower = new Subscriber(gateway.webSocketUrl, `Bearer ${await makeToken()}`, EVENTS, {});
    await follower.caughtUp();
    return new Outage(gateway, follower, path, findings);
  }

  /** Once the log can't be written: deliveries get 503 in good time, readiness says so, and what is there is still served. */
  async expectRefusals(): Promise<void> {
    const findings = this.#findings;
    // The last commits may still find a place.
    const refused = await this.#until(async () => (await this.#probe()).status === 503, RECOVERY);
    findings.expect(refused, 'IN1', () => 'deliveries are accepted while nothing can be written');
    const { status, retryAfter, ms } = await this.#probe();
    findings.count(`answered ${status}`);
    findings.expect(status === 503, 'IN1', () => `a delivery got ${status} while nothing can be written`);
    findings.expect(Number(retryAfter) > 0, 'IN1', () => 'a 503 said not when to come again');
    findings.atMost('slowest refusal ms', ms);
    findings.expectOfQuiet(
      ms < HANGS_UP,
      'IN1',
      () => `a refusal took ${Math.round(ms)} ms, and its sender had hung up`,
    );
    const ready = (await fetch(`${this.gateway.url}/readyz`)).status;
    findings.expect(ready === 503, 'OPS4', () => `/readyz says ${ready} while nothing can be written`);
    const page = await this.#query();
    findings.expect(page === 200, 'OPS4', () => `a query got ${page} though only writing fails`);
  }

  /** Once it can be written again. */
  async expectRecovery(): Promise<void> {
    const began = performance.now();
    const accepted = await this.#until(async () => (await this.#probe()).status === 200, RECOVERY);
    this.#findings.expect(accepted, 'OPS4', () => 'deliveries are refused though the log can be written again');
    // Its senders would try again for ever.
    if (!accepted) throw new Error('deliveries are refused though the log can be written again');
    this.#findings.atMost('slowest recovery ms', performance.now() - began);
    const ready = await this.#until(async () => (await fetch(`${this.gateway.url}/readyz`)).status === 200, RECOVERY);
    this.#findings.expect(ready, 'OPS4', () => '/readyz says 503 though all is well again');
  }

  /** All of it at the end, in the gateway's own words and in SQLite's. */
  async end(): Promise<void> {
    const { gateway, providers } = this;
    const findings = this.#findings;
    await providers.stop();
    const logged = await readAll(gateway.url);
    const ids = logged.filter((id) => !id.startsWith('probe'));
    expectComplete(findings, { acknowledged: providers.acknowledged, logged: ids });
    findings.note('acknowledged', providers.acknowledged.size);
    for (const [status, count] of providers.statuses) {
      findings.count(`deliveries answered ${status}`, count);
      findings.expect(status === 200 || status === 503, 'IN1', () => `${count} deliveries were answered ${status}`);
    }
    const had = await this.#until(async () => this.#follower.eventIds.length >= logged.length, RECOVERY);
    const isSame = this.#follower.eventIds.join() === logged.join();
    findings.expect(
      had && isSame,
      'LIVE1',
      () => `the follower has not had the log's ${logged.length} events once each`,
    );
    findings.expect(gateway.isRunning, 'OPS8', () => `the gateway ended: ${gateway.stderr}`);
    const code = await gateway.end('SIGTERM');
    findings.expect(code === 0, 'OPS1', () => `the gateway ended with ${code}: ${gateway.stderr}`);
    const wrong = checkIntegrity(this.#path);
    findings.expect(wrong.length === 0, 'LOG2', () => `the file is damaged: ${wrong[0]}`);
  }

  async #probe(): Promise<{ status: number; retryAfter: string | null; ms: number }> {
    const began = performance.now();
    const { headers, body } = signAsEduzz(attendanceCanceled({ id: `probe-${(this.#probes += 1)}` }), EDUZZ_SECRET);
    const answer = await fetch(`${this.gateway.url}/webhooks/eduzz`, { method: 'POST', headers, body });
    await answer.arrayBuffer();
    return {
      status: answer.status,
      retryAfter: answer.headers.get('retry-after'),
      ms: performance.now() - began,
    };
  }

  async #query(): Promise<number> {
    const answer = await fetch(`${this.gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await makeToken()}` },
      body: '{"query":"{ events(last: 20) { head edges { node { eventId } } } }"}',
    });
    const { errors } = (await answer.json()) as { errors?: unknown };
    return errors ? 0 : answer.status;
  }

  async #until(condition: () => Promise<boolean>, within: number): Promise<boolean> {
    const end = performance.now() + within;
    while (performance.now() < end) {
      if (await condition()) return true;
      await setTimeout(20);
    }
    return false;
  }
}
