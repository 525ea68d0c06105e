import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Dice } from '../faults/dice.ts';
import { Client, type Gateway } from './client.ts';
import { type Code, SUBJECTS, Storage, StorageClient, TENANTS } from './storage.ts';
import { World } from './world.ts';

/** Things that happen in one run, before the faults end. */
const MOST_STEPS = 60;
/** Simulated milliseconds within which everybody has everything once the faults have ended, besides those for each event: a page may hold one. */
const PATIENCE = 30_000;
const PATIENCE_PER_EVENT = 1_000;
/** Tasks that this may take. */
const MOST_TASKS = 100_000;
const GATEWAYS = 2;

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
 * One run: two gateways on one log, five clients, and a dice that kills, stalls, cuts, trims, fails over, puts back and takes away. Then
 * the faults end, and everybody must have everything within bounded time. The same seed does the same again.
 *
 * It takes the place of the process's timers: run it in a process that does nothing else.
 */
export async function simulate(code: Code, seed: number): Promise<Outcome> {
  const dice = Dice.of(seed, 0);
  const world = new World(dice);
  world.install();
  const storage = new Storage(world);
  const options = {
    ringItems: dice.pick([0, 3, 50, 1_000]),
    spell: dice.pick([-1, 5, Infinity]),
  };
  const bytes = dice.pick([100, 300, 100_000]);
  const start = (): Gateway => {
    const access = new StorageClient(world, storage, code, bytes);
    const live = new code.Live({ log: access.log, report: () => {}, ...options });
    return { access, live, erased: new Map() };
  };
  const gateways = Array.from({ length: GATEWAYS }, start);
  const clients = [
    {},
    { tenants: [TENANTS[0]] },
    { tenants: [TENANTS[0]] },
    { tenants: [TENANTS[0]], subjects: [SUBJECTS[0]] },
    { subjects: [SUBJECTS[0], SUBJECTS[1]] },
  ].map((filter, index) => new Client(`client ${index}`, filter, world, storage, code));
  const connect = (client: Client) => {
    const up = gateways.filter(({ access }) => !access.isDead);
    if (!client.isConnected && up.length > 0) client.connect(dice.pick(up));
  };
  const kill = (index: number) => {
    gateways[index]!.access.isDead = true;
    for (const client of clients) client.lose(gateways[index]!);
  };
  const restart = (index: number) => {
    if (gateways[index]!.access.isDead) gateways[index] = start();
  };
  const acts: readonly (readonly [weight: number, act: () => void])[] = [
    [8, () => storage.append(dice.pick(TENANTS), dice.pick(SUBJECTS))],
    [
      3,
      () => {
        for (let count = dice.between(2, 150); count > 0; count -= 1)
          storage.append(dice.pick(TENANTS), dice.pick(SUBJECTS));
      },
    ],
    [1, () => storage.erase(dice.pick(TENANTS), dice.pick(SUBJECTS))],
    [6, () => connect(dice.pick(clients))],
    [3, () => dice.pick(clients).cut()],
    [4, () => dice.pick(clients).stall()],
    [4, () => dice.pick(clients).drain()],
    [1, () => kill(dice.below(GATEWAYS))],
    [2, () => restart(dice.below(GATEWAYS))],
    [1, () => storage.trim(dice.below(40))],
    [1, () => storage.failOver(dice.below(5))],
    [1, () => storage.putBack(dice.between(1, 5))],
    [1, () => (storage.isAway = !storage.isAway)],
    // The machine sleeps, or the process is stopped for a while.
    [1, () => (world.now += dice.below(120_000))],
  ];
  const total = acts.reduce((sum, [weight]) => sum + weight, 0);
  const act = () => {
    let left = dice.below(total);
    for (const [weight, happen] of acts) if ((left -= weight) < 0) return happen();
  };
  for (let step = dice.between(10, MOST_STEPS); step > 0; step -= 1) {
    act();
    await world.run(dice.pick([0, 1, 5, 40, 400]), dice.pick([1, 5, Infinity]));
  }
  // The faults end.
  storage.isAway = false;
  for (let index = 0; index < GATEWAYS; index += 1) restart(index);
  for (const client of clients) {
    client.drain();
    connect(client);
  }
  const broken: string[] = [];
  const patience = PATIENCE + storage.entries.length * PATIENCE_PER_EVENT;
  const settle = async () => {
    if (!(await world.run(patience, MOST_TASKS))) broken.push(`it does not come to rest within ${MOST_TASKS} tasks`);
  };
  await settle();
  storage.append(TENANTS[0], SUBJECTS[0]);
  await settle();
  for (const client of clients) {
    if (!client.isLive)
      client.broken.push(`${client.name} is not live ${patience / 1_000} s after the faults have ended`);
    client.check();
    broken.push(...client.broken);
  }
  return { seed, tasks: world.steps, broken };
}
