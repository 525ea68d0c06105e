import { existsSync, readFileSync } from 'node:fs';

/**
 * Loaded into a gateway's process before anything else (`--import`): its wall clock is off by as many milliseconds as the
 * file says, whenever that is written anew. Timers go on as they do when a clock is set: they know nothing of it.
 */
const { SHIFTED_CLOCK: file = '' } = process.env;
const RealDate = Date;
const LOOK = 5;
let shift = 0;
let lookedAt = -LOOK;

function shifted(): number {
  const now = performance.now();
  if (now - lookedAt >= LOOK) {
    lookedAt = now;
    if (existsSync(file)) shift = Number(readFileSync(file, 'utf8')) || 0;
  }
  return RealDate.now() + shift;
}

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args: unknown[], newTarget) =>
    Reflect.construct(target, args.length === 0 ? [shifted()] : args, newTarget) as Date,
  apply: () => new RealDate(shifted()).toString(),
  get: (target, property, receiver) =>
    property === 'now' ? shifted : (Reflect.get(target, property, receiver) as unknown),
});
