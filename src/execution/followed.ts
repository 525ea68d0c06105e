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

/** What the messages of a subscription depend on, besides its filter. */
export interface Interest {
  /** The scopes that change the messages. Viewers who differ only in other scopes share a cohort. */
  readonly scopes: readonly Scope[];
  /** Whether a message that the filter wants is sent. */
  readonly isTold: (message: Message) => boolean;
}

/** What a subscription follows, and where it begins: after a cursor; or if `after` is null, from now on. */
export interface Followed {
  readonly after: Cursor | null;
  readonly filter: EventFilter;
  /**
   * If it is left out, every message that the filter wants is sent, and viewers share a cohort if they have the same scopes.
   */
  readonly interest?: Interest;
}

/** The part of a document that asks for a field. */
export type Asked = Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'>;

/**
 * Says what a field of `Subscription` follows. It is in the field's `extensions`, since the field has no `subscribe` resolver:
 * the messages come from the tail of the log, and each is executed once for a whole cohort.
 */
export type Follow<Args = never> = (args: Args, asked: Asked) => Followed;

export const EVERYTHING: Interest = { scopes: SCOPES, isTold: () => true };

/**
 * What a subscription follows, as its field says.
 *
 * @param narrowed limits it to what the viewer may follow.
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

/**
 * All selections of the subscription's one field. Validation ensures that there is no other field, and that none is skipped or
 * included by a directive.
 */
function rootFieldsOf({ selections }: SelectionSetNode, fragments: Asked['fragments']): FieldNode[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection];
    const of = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments[selection.name.value];
    return of ? rootFieldsOf(of.selectionSet, fragments) : [];
  });
}
