import { type ASTNode, visit } from 'graphql';
import type { Asked } from '../execution/followed.ts';

/** Whether a field is asked for fields of these names, or for what types of these names have. Fragments are looked into. */
export function asksFor({ fieldNodes, fragments }: Asked, names: ReadonlySet<string>): boolean {
  const looked = new Set<string>();
  let isFound = false;
  const note = (name: string) => void (isFound ||= names.has(name));
  const look = (node: ASTNode): void => {
    visit(node, {
      Field: ({ name }) => note(name.value),
      // In `on …`.
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
