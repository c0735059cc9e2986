import { entityPath, relationPath, type Entity, type Field, type Relation } from '../ir/entity.js';
import type { Select } from '../ir/select.js';
import type { Args } from '../ir/value.js';

/** What a select asks, as text: the same for selects that ask the same with these arguments. */
export function questionOf(select: Select, args: Args): string {
  return JSON.stringify(select, (name, part: unknown) => {
    switch (name) {
      case 'entity':
        return typeof part === 'object' && part !== null ? entityPath(part as Entity) : part;
      case 'field':
        return (part as Field).name;
      case 'relation':
        return relationPath(part as Relation);
      default:
        if (typeof part === 'bigint') return `${part}n`;
        // Of these JSON makes null.
        if (typeof part === 'number' && !Number.isFinite(part)) return `${part}f`;
        return takesSlot(part) ? { ...part, slot: args[part.slot] } : part;
    }
  });
}

/** A parameter, or keys of parents. */
function takesSlot(part: unknown): part is { readonly slot: number } {
  const { kind, slot } = (typeof part === 'object' && part !== null ? part : {}) as { kind?: unknown; slot?: unknown };
  return (kind === 'parameter' || kind === 'keys') && typeof slot === 'number';
}

/** Of selects that ask the same, the first; and for each which of them answers it. */
export function distinctOf(
  selects: readonly Select[],
  args: Args,
): { readonly distinct: readonly Select[]; readonly answer: readonly number[] } {
  // Most reads ask each entity once, and it costs something to be sure.
  const alone = selects.map((select) => !selects.some((other) => other !== select && isAlike(other, select)));
  const known = new Map<string, number>();
  const distinct: Select[] = [];
  const answer = selects.map((select, i) => {
    const question = alone[i]! ? `${i}` : questionOf(select, args);
    const same = known.get(question) ?? distinct.push(select) - 1;
    known.set(question, same);
    return same;
  });
  return { distinct, answer };
}

/** What can be seen at a glance. */
function isAlike(a: Select, b: Select): boolean {
  return (
    a.from.entity === b.from.entity &&
    a.output.length === b.output.length &&
    a.orderBy.length === b.orderBy.length &&
    (a.groups === null) === (b.groups === null) &&
    (a.within === null) === (b.within === null)
  );
}
