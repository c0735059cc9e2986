/** An identifier of PostgreSQL. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
