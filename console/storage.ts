/** The used part of a browser's store of texts. */
export interface Store {
  getItem(name: string): string | null;
  setItem(name: string, value: string): void;
  removeItem(name: string): void;
}

/**
 * One of the browser's stores. If the browser gives none, or it has no room (site data blocked, some private windows), values are kept in
 * memory until the page is closed or reloaded.
 */
export function openStore(find: () => Store): Store {
  const memory = new Map<string, string>();
  let found: Store | null = null;
  try {
    // If site data is blocked, even naming the store throws.
    found = find();
  } catch {}
  const attempt = <R>(use: (store: Store) => R): R | null => {
    try {
      return found && use(found);
    } catch {
      return null;
    }
  };
  return {
    getItem: (name) => memory.get(name) ?? attempt((store) => store.getItem(name)),
    setItem(name, value) {
      memory.delete(name);
      attempt((store) => store.setItem(name, value));
      if (attempt((store) => store.getItem(name)) === value) return;
      // The former value must not come back.
      attempt((store) => store.removeItem(name));
      memory.set(name, value);
    },
    removeItem(name) {
      memory.delete(name);
      attempt((store) => store.removeItem(name));
    },
  };
}
