/** A name: of a database, a table, a column, an alias. */
export function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}
