/** A browser's store of texts, as far as it is used here. */
export interface Store {
  getItem(name: string): string | null;
  setItem(name: string, value: string): void;
  removeItem(name: string): void;
}

/**
 * One of the browser's stores. Where it has none to give, or no room in it (site data blocked, some private windows),
 * what is kept is kept in memory: until the page is closed or loaded anew.
 */
export function openStore(find: () => Store): Store {
  const memory = new Map<string, string>();
  let found: Store | null = null;
  try {
    // Merely to name it throws where site data is blocked.
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
      // What was there before must not come back.
      attempt((store) => store.removeItem(name));
      memory.set(name, value);
    },
    removeItem(name) {
      memory.delete(name);
      attempt((store) => store.removeItem(name));
    },
  };
}
