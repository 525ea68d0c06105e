import type { ReactNode } from 'react';

/** A wide table scrolls in its own box, and the page doesn't scroll with it. */
export function Scrolling({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by keyboard
    <section className="scrolling" tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
