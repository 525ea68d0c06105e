import { fork } from 'node:child_process';
import { once } from 'node:events';
import { atEnd } from '../support/ending.ts';

/** Has another process hold the write lock of a file. The way to have it let go. */
export async function hold(path: string, how: 'IMMEDIATE' | 'EXCLUSIVE'): Promise<() => Promise<void>> {
  const child = fork(new URL('./locked.child.ts', import.meta.url), [path, how]);
  atEnd(() => void child.kill('SIGKILL'));
  await once(child, 'message');
  return async () => {
    child.send('free');
    await once(child, 'message');
    child.disconnect();
  };
}
