import {
  type ASTNode,
  type ConstDirectiveNode,
  type GraphQLSchema,
  type InterfaceTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  isInterfaceType,
  parse,
  print,
  visit,
} from 'graphql';
import { EVENT } from './node-id.ts';
import { printSorted } from './print-schema.ts';

/** Version 2.3 is the first in which an interface may have a key, and so may be extended elsewhere for all of its types at once. */
const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])';

const KEY = directiveOf('@key(fields: "id")');
const SHAREABLE = directiveOf('@shareable');

/**
 * The schema as a subgraph of Apollo Federation, for composition: every type of event is an entity, known by its id. Other
 * subgraphs may page as Relay does, so `PageInfo` may be theirs as well.
 */
export function subgraphSdl(schema: GraphQLSchema): string {
  const entities = entitiesOf(schema);
  const mark = (node: InterfaceTypeDefinitionNode | ObjectTypeDefinitionNode): ASTNode | undefined => {
    const name = node.name.value;
    if (name === 'PageInfo') return { ...node, directives: [SHAREABLE] };
    if (!entities.has(name)) return undefined;
    // What another subgraph adds to `Event` is added to the types of events, and to no interface below it. An interface without a
    // field of one that it implements is none, so here these implement `Node` alone; their types are events all the same.
    const interfaces = node.interfaces?.filter(
      (one) => node.kind === Kind.OBJECT_TYPE_DEFINITION || one.name.value !== EVENT,
    );
    return { ...node, interfaces, directives: [KEY] };
  };
  const marked = visit(parse(printSorted(schema), { noLocation: true }), {
    [Kind.INTERFACE_TYPE_DEFINITION]: mark,
    [Kind.OBJECT_TYPE_DEFINITION]: mark,
  });
  return `${LINK}\n\n${print(marked)}`;
}

/** The names of the types that are found by an event's id: `Event`, the interfaces below it, and the types of events. */
export function entitiesOf(schema: GraphQLSchema): ReadonlySet<string> {
  const event = schema.getType(EVENT);
  if (!isInterfaceType(event)) return new Set();
  const { interfaces, objects } = schema.getImplementations(event);
  return new Set([event, ...interfaces, ...objects].map(({ name }) => name));
}

/** graphql-js parses no directive by itself. */
function directiveOf(text: string): ConstDirectiveNode {
  const [definition] = parse(`scalar S ${text}`, { noLocation: true }).definitions;
  return (definition as { readonly directives: readonly ConstDirectiveNode[] }).directives[0]!;
}
