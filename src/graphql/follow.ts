import type { Context } from '../execution/context.ts';
import type { DisclosedMessage } from '../execution/disclosed.ts';
import type { Follow } from '../execution/followed.ts';

/**
 * What a field of `Subscription` follows, among the options of the field. The builder wants a resolver that makes the messages, from
 * whose type it knows what `resolve` is given. There is none.
 */
export function following<Args>(follow: Follow<Args>) {
  return { extensions: { follow }, subscribe: undefined as unknown as Subscribe<Args> };
}

type Subscribe<Args> = (root: object, args: Args, context: Context) => AsyncIterable<DisclosedMessage>;
