import { type ASTNode, visit } from 'graphql';
import type { Asked } from '../execution/followed.ts';

/**
 * Whether the selection of a field, including its fragments, has fields of these names or fragments on types of these names.
 */
export function asksFor({ fieldNodes, fragments }: Asked, names: ReadonlySet<string>): boolean {
  const looked = new Set<string>();
  let isFound = false;
  const note = (name: string) => void (isFound ||= names.has(name));
  const look = (node: ASTNode): void => {
    visit(node, {
      Field: ({ name }) => note(name.value),
      // The type in `on …`.
      NamedType: ({ name }) => note(name.value),
      FragmentSpread({ name }) {
        const fragment = fragments[name.value];
        if (!fragment || looked.has(name.value)) return;
        looked.add(name.value);
        look(fragment);
      },
    });
  };
  for (const node of fieldNodes) look(node);
  return isFound;
}
