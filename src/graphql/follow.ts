import type { Context } from '../execution/context.ts';
import type { DisclosedMessage } from '../execution/disclosed.ts';
import type { Follow } from '../execution/followed.ts';

/**
 * The options of a field of `Subscription` that say what it follows. Pothos wants a `subscribe` resolver, from whose type it
 * infers the parent of `resolve`. There is none, so only its type is given.
 */
export function following<Args>(follow: Follow<Args>) {
  return { extensions: { follow }, subscribe: undefined as unknown as Subscribe<Args> };
}

type Subscribe<Args> = (root: object, args: Args, context: Context) => AsyncIterable<DisclosedMessage>;
