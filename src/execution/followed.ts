import {
  type FieldNode,
  type GraphQLResolveInfo,
  GraphQLError,
  Kind,
  type SelectionSetNode,
  type ValidatedSubscriptionArgs,
  getArgumentValues,
  locatedError,
} from 'graphql';
import { SCOPES, type Scope } from '../auth/viewer.ts';
import type { Cursor } from '../events/cursor.ts';
import type { EventFilter } from '../events/filter.ts';
import type { Message } from '../live/message.ts';

/** What of its viewer and of the log the messages of a subscription are made of. */
export interface Interest {
  /** The scopes that change what is said: viewers who differ in others share a cohort. */
  readonly scopes: readonly Scope[];
  /** Whether it is told of a message, of those that its filter wants. */
  readonly isTold: (message: Message) => boolean;
}

/** What a subscription follows: from after a cursor, or from now on. */
export interface Followed {
  readonly after: Cursor | null;
  readonly filter: EventFilter;
  /** Everything that the filter wants, for viewers of the same scopes, when it is left out. */
  readonly interest?: Interest;
}

/** The part of a document that asks for a field. */
export type Asked = Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'>;

/**
 * Says what a field of `Subscription` follows. It stands in the `extensions` of the field, which has no resolver for it: the messages
 * come from the tail of the log, and each is executed once for a whole cohort.
 */
export type Follow<Args = never> = (args: Args, asked: Asked) => Followed;

export const EVERYTHING: Interest = { scopes: SCOPES, isTold: () => true };

/**
 * What a subscription follows, as its field says.
 *
 * @param narrowed makes of it what its viewer may follow.
 * @throws {GraphQLError} with the field's path.
 */
export function followedBy<T>(validated: ValidatedSubscriptionArgs, narrowed: (followed: Followed) => T): T {
  const { schema, operation, fragmentDefinitions: fragments, variableValues, hideSuggestions } = validated;
  const fieldNodes = rootFieldsOf(operation.selectionSet, fragments);
  const [node] = fieldNodes;
  const type = schema.getSubscriptionType();
  const field = node && type?.getFields()[node.name.value];
  if (!field) throw new GraphQLError('A subscription has one field.', { nodes: operation });
  try {
    const { follow } = field.extensions as { readonly follow?: Follow<Readonly<Record<string, unknown>>> };
    if (!follow) throw new Error(`nothing says what "${field.name}" follows`);
    const args = getArgumentValues(field, node, variableValues, undefined, hideSuggestions);
    return narrowed(follow(args, { fieldNodes, fragments }));
  } catch (error) {
    throw locatedError(error, fieldNodes, [node.alias?.value ?? node.name.value]);
  }
}

/** All that ask for the one field that a subscription has: validation sees to it that there is no other, and that none is left out. */
function rootFieldsOf({ selections }: SelectionSetNode, fragments: Asked['fragments']): FieldNode[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection];
    const of = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments[selection.name.value];
    return of ? rootFieldsOf(of.selectionSet, fragments) : [];
  });
}
