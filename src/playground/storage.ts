/** Kept beside the tabs, these come back as one tab more. Headers may hold what is secret. */
const NOT_KEPT = new Set(['graphiql:query', 'graphiql:variables', 'graphiql:headers']);

/** What GraphiQL keeps, apart for each set of sources: tabs about one database make no sense over another. */
export function storageFor(sources: readonly string[]): Storage | undefined {
  const prefix = `trainyard:${sources.join(',')}:`;
  try {
    const all = globalThis.localStorage;
    const keys = (): string[] => Object.keys(all).filter((key) => key.startsWith(prefix));
    return {
      get length() {
        return keys().length;
      },
      key: (index) => keys()[index]?.slice(prefix.length) ?? null,
      getItem: (key) => all.getItem(prefix + key),
      setItem: (key, value) => {
        if (!NOT_KEPT.has(key)) all.setItem(prefix + key, value);
      },
      removeItem: (key) => all.removeItem(prefix + key),
      clear: () => keys().forEach((key) => all.removeItem(key)),
    };
  } catch {
    // The browser keeps nothing for this page.
    return undefined;
  }
}
