import { afterEach, expect, it, vi } from 'vitest';
import { Shared } from '../src/shared.ts';

afterEach(() => void vi.useRealTimers());

/** Questions that are answered by hand. */
function questions() {
  const asked: PromiseWithResolvers<string>[] = [];
  const shared = new Shared(() => {
    const question = Promise.withResolvers<string>();
    asked.push(question);
    return question.promise;
  });
  return { asked, shared };
}

it('LOG3.3 gives an answer that began after it was asked for, the same to all who ask meanwhile', async () => {
  const { asked, shared } = questions();
  const first = shared.ask();
  const others = [shared.ask(), shared.ask(), shared.ask()];
  expect(asked).toHaveLength(1);
  asked[0]!.resolve('old');
  expect(await first).toBe('old');
  await vi.waitFor(() => expect(asked).toHaveLength(2));
  const late = shared.ask();
  asked[1]!.resolve('new');
  expect(await Promise.all(others)).toEqual(['new', 'new', 'new']);
  await vi.waitFor(() => expect(asked).toHaveLength(3));
  asked[2]!.resolve('newer');
  expect(await late).toBe('newer');
});

it('OPS4.3 lets no other request wait for an answer that does not come, nor for one that failed', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const { asked, shared } = questions();
  const hung = shared.ask();
  const behind = shared.ask();
  vi.advanceTimersByTime(501);
  const fresh = shared.ask();
  expect(asked).toHaveLength(2);
  asked[1]!.resolve('fresh');
  expect(await fresh).toBe('fresh');
  asked[0]!.reject(new Error('no answer'));
  await expect(hung).rejects.toThrow('no answer');
  await vi.waitFor(() => expect(asked).toHaveLength(3));
  asked[2]!.resolve('anew');
  expect(await behind).toBe('anew');
});
