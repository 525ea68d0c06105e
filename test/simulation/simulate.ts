import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Dice } from '../faults/dice.ts';
import { Client } from './client.ts';
import { type Circumstances, type Code, Gateway } from './gateway.ts';
import { SUBJECTS, Storage, TENANTS } from './storage.ts';
import { World } from './world.ts';

/** Simulated milliseconds within which everybody has everything once the faults have ended, besides those for each event: a page may hold one. */
const PATIENCE = 30_000;
const PATIENCE_PER_EVENT = 1_000;
/** Tasks that this may take. */
const MOST_TASKS = 100_000;

const FILTERS = [
  { tenants: [TENANTS[0]] },
  { tenants: [TENANTS[0]] },
  {},
  { tenants: [TENANTS[0]], subjects: [SUBJECTS[0]] },
  { subjects: [SUBJECTS[0], SUBJECTS[1]] },
];

export interface Outcome {
  readonly seed: number;
  readonly tasks: number;
  readonly broken: readonly string[];
}

/** @param root the folder that has `src`: this one, or a copy with a mistake in it. */
export async function loadCode(root: string): Promise<Code> {
  const load = (path: string) => import(pathToFileURL(join(root, 'src', path)).href);
  const [{ Live }, { HookcastError }, { matcher }, { isOther }] = await Promise.all(
    ['live/live.ts', 'errors.ts', 'events/filter.ts', 'events/cursor.ts'].map(load),
  );
  return { Live, HookcastError, matcher, isOther };
}

/**
 * One run: gateways on one log, clients, and a dice that kills, stalls, cuts, trims, fails over, puts back and takes away. Now and then the
 * faults end, and everybody must have everything within bounded time. The same seed does the same again.
 *
 * It takes the place of the process's timers: run it in a process that does nothing else.
 */
export async function simulate(code: Code, seed: number): Promise<Outcome> {
  const simulation = new Simulation(code, Dice.of(seed, 0));
  const broken: string[] = [];
  const onRejection = (error: unknown) => void broken.push(`a rejection that nobody handles: ${String(error)}`);
  process.on('unhandledRejection', onRejection);
  try {
    broken.push(...(await simulation.run()));
  } catch (error) {
    broken.push(`an error: ${String(error)}`);
  } finally {
    process.off('unhandledRejection', onRejection);
  }
  return { seed, tasks: simulation.world.steps, broken };
}

type Act = readonly [weight: number, act: () => void];

class Simulation {
  readonly world: World;
  readonly #dice: Dice;
  readonly #code: Code;
  readonly #storage: Storage;
  readonly #circumstances: Circumstances;
  /** Milliseconds between two acts. */
  readonly #pace: readonly number[];
  readonly #gateways: Gateway[];
  readonly #clients: readonly Client[];
  readonly #acts: readonly Act[];

  constructor(code: Code, dice: Dice) {
    this.#dice = dice;
    this.#code = code;
    this.world = new World(dice);
    this.world.install();
    this.#storage = new Storage(this.world, dice.pick([0, 0.3, 0.9]));
    this.#circumstances = {
      ringItems: dice.pick([0, 3, 50, 1_000]),
      spell: dice.pick([-1, 5, Infinity]),
      bytes: dice.pick([100, 300, 1_000, 100_000]),
      slowness: dice.pick([0, 0.1, 0.5]),
    };
    this.world.holding = dice.pick([
      { share: 0, most: 0 },
      { share: 0.2, most: 100 },
      { share: 0.05, most: 1_000 },
    ]);
    this.#pace = dice.pick([
      [0, 1, 5],
      [0, 1, 5, 40, 400],
      [40, 400],
    ]);
    const hasOld = dice.chance(0.3);
    this.#gateways = Array.from({ length: dice.between(1, 2) }, () => this.#start());
    this.#clients = FILTERS.slice(0, dice.between(2, FILTERS.length)).map(
      (filter, index) => new Client(`client ${index}`, filter, hasOld && index === 0, this.world, this.#storage, code),
    );
    this.#acts = this.#swarm([
      [8, () => this.#append()],
      [3, () => this.#append(dice.between(2, this.#circumstances.bytes <= 1_000 ? 12 : 150))],
      [2, () => this.#storage.erase(dice.pick(TENANTS), dice.pick(SUBJECTS))],
      [6, () => this.#connect(dice.pick(this.#clients))],
      [3, () => dice.pick(this.#clients).cut()],
      [2, () => this.#restore(dice.pick(this.#clients))],
      [1, () => dice.pick(this.#clients).beginAnew()],
      [4, () => dice.pick(this.#clients).stall()],
      [4, () => dice.pick(this.#clients).drain()],
      [1, () => this.#kill(dice.below(this.#gateways.length))],
      [2, () => this.#restart(dice.below(this.#gateways.length))],
      [1, () => this.#storage.trim(dice.below(40))],
      [1, () => this.#storage.failOver(dice.below(5))],
      // A cursor without a mark can't tell one copy from another.
      [hasOld ? 0 : 1, () => this.#storage.putBack(dice.between(1, 5))],
      [1, () => this.#loseSoon(hasOld)],
      [1, () => (this.#storage.isAway = !this.#storage.isAway)],
      // The machine sleeps, or the process is stopped for a while.
      [1, () => (this.world.now += dice.below(120_000))],
    ]);
  }

  /** What was broken. */
  async run(): Promise<string[]> {
    const dice = this.#dice;
    const broken: string[] = [];
    for (let round = dice.between(1, 4); round > 0 && broken.length === 0; round -= 1) {
      for (let step = dice.between(5, 25); step > 0; step -= 1) {
        this.#act();
        await this.world.run(dice.pick(this.#pace), dice.pick([1, 5, Infinity]));
      }
      broken.push(...(await this.#calm()));
    }
    return broken;
  }

  /**
   * What happens in this seed: each of it much more often than in others, much less often, or never. What would make up for a mistake in
   * most mixtures, as the next append does for one that was missed, is missing in some.
   */
  #swarm(acts: readonly Act[]): Act[] {
    return acts.map(([weight, act], index) => {
      const isNeeded = index === 0 || weight === 6;
      return [weight * this.#dice.pick(isNeeded ? [1, 3] : [0, 0, 0.5, 1, 4]), act];
    });
  }

  #act(): void {
    let left = this.#dice.next() * this.#acts.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, act] of this.#acts) if ((left -= weight) < 0) return act();
  }

  /** The faults end: before long everybody is live and has everything, also of what was committed at the very end and of what comes after. */
  async #calm(): Promise<string[]> {
    this.#storage.isAway = false;
    for (let index = 0; index < this.#gateways.length; index += 1) this.#restart(index);
    for (const client of this.#clients) {
      client.drain();
      this.#connect(client);
    }
    for (let count = this.#dice.below(3); count > 0; count -= 1) {
      await this.world.run(this.#dice.below(40));
      this.#append();
    }
    const broken = await this.#settle();
    if (broken.length > 0) return broken;
    this.#append();
    return this.#settle();
  }

  async #settle(): Promise<string[]> {
    const patience = PATIENCE + this.#storage.kept.length * PATIENCE_PER_EVENT;
    if (!(await this.world.run(patience, MOST_TASKS))) return [`it does not come to rest within ${MOST_TASKS} tasks`];
    for (const client of this.#clients) client.check();
    return this.#clients.flatMap(({ broken }) => broken);
  }

  #append(count = 1): void {
    for (let left = count; left > 0; left -= 1) {
      this.#storage.append(this.#dice.pick(TENANTS), this.#dice.pick(SUBJECTS));
    }
  }

  /** What was committed just now is lost before everybody has read it, and the log goes on, or does not. */
  #loseSoon(mustFailOver: boolean): void {
    this.#append();
    this.world.after(this.#dice.below(60), () => {
      if (mustFailOver || this.#dice.chance(0.5)) this.#storage.failOver(this.#dice.between(1, 2));
      else this.#storage.putBack(this.#dice.between(1, 2));
      this.#append(this.#dice.below(4));
    });
  }

  #start(): Gateway {
    return new Gateway(this.world, this.#storage, this.#code, this.#circumstances);
  }

  #connect(client: Client): void {
    const up = this.#gateways.filter(({ isDead }) => !isDead);
    if (!client.isConnected && up.length > 0) client.connect(this.#dice.pick(up));
  }

  /** A tab that a browser restores, and perhaps restores again: between these, people may be erased of whom it is told next. */
  #restore(client: Client): void {
    const moment = client.goBack();
    this.#connect(client);
    if (!moment || this.#dice.chance(0.5)) return;
    const next = this.#storage.kept.find(({ seq }) => seq > moment.seq);
    if (next && this.#dice.chance(0.5)) {
      this.world.after(this.#dice.below(100), () => this.#storage.erase(next.tenant, next.subject));
    }
    this.world.after(this.#dice.below(400), () => {
      client.goBack(moment);
      this.#connect(client);
    });
  }

  #kill(index: number): void {
    const gateway = this.#gateways[index]!;
    gateway.isDead = true;
    for (const client of this.#clients) client.lose(gateway);
  }

  #restart(index: number): void {
    if (this.#gateways[index]!.isDead) this.#gateways[index] = this.#start();
  }
}
