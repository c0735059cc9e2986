/** A name: of a view, a column, a member of a struct. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * A text as a literal: only for what stands in the definition of a view, which takes no parameters (paths and options
 * that come from the config and from listing its folder), and for the words of an enum.
 */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
