import { createElement } from 'react';
import { HookcastProvider, type HookcastProviderProps, useEvents } from '../../src/client/react.ts';

function List() {
  const { rows, status } = useEvents<object>('fragment Row on Event { occurredAt }', { remember: 'shown', page: 5 });
  return createElement(
    'section',
    null,
    createElement('p', { role: 'status' }, status),
    createElement('ol', null, ...rows.map(({ node }) => createElement('li', { key: node.id }, node.eventId))),
  );
}

/** A list as a server renders it, and a browser then makes its own. */
export function ShownList({ client }: Pick<HookcastProviderProps, 'client'>) {
  return createElement(HookcastProvider, { client }, createElement(List));
}
