import type { Entity } from '../ir/entity.js';
import { DERIVED_SUFFIXES, Names, OWN_NAMES } from '../sources/names.js';
import { keysOf, type Candidate } from './candidates.js';

/** `customer_no`, `CustomerNr`, `customer_id` → what they are the number of. */
const KEY_WORD =
  /(?:_(?:id|no|nr|num|number|code|key|fk|ref|uuid)|(?<=[a-z0-9])(?:Id|ID|No|Nr|Num|Number|Code|Key|Ref))$/i;

/** Gives relations names that nothing on their entities has. */
export class RelationNames {
  private readonly taken = new Map<Entity, Names>();

  constructor(entities: readonly Entity[]) {
    for (const entity of entities) {
      const names = new Names(OWN_NAMES);
      for (const name of entity.fields.keys()) names.take(name, name);
      for (const { name, many } of entity.relations.values()) this.reserve(names, name, many);
      this.taken.set(entity, names);
    }
  }

  /** `all` are the relations that are named with it: what leads to one entity twice is told apart by its fields. */
  take(relation: Candidate, all: readonly Candidate[]): { readonly as: string; readonly reverse: string | null } {
    const { from, to, on } = relation;
    const column = on.length === 1 ? on[0]!.from.name : null;
    const bare = column === null ? null : withoutKeyWord(column);
    const forth = [bare, column === null ? to.entity : `${column}_${to.entity}`, `${to.entity}_by_${on[0]!.from.name}`];
    const only = from !== to && all.filter((each) => each.from === from && each.to === to).length === 1;
    const by = `${from.entity}_by_${on.map((pair) => pair.from.name).join('_')}`;
    const as = this.first(from, forth, false) ?? `${by}_${to.entity}`;
    const many = !keysOf(from).some((key) => key.every((name) => on.some((pair) => pair.from.name === name)));
    return { as, reverse: this.first(to, only ? [from.entity, by] : [by], many) };
  }

  private first(entity: Entity, candidates: readonly (string | null)[], many: boolean): string | null {
    const names = this.taken.get(entity)!;
    const all = (name: string): readonly string[] => [name, ...(many ? DERIVED_SUFFIXES.map((s) => name + s) : [])];
    const free = candidates.find((name) => name !== null && all(name).every((n) => names.holder(n) === null));
    if (free == null) return null;
    this.reserve(names, free, many);
    return free;
  }

  private reserve(names: Names, name: string, many: boolean): void {
    for (const each of [name, ...(many ? DERIVED_SUFFIXES.map((suffix) => name + suffix) : [])]) names.take(each, name);
  }
}

function withoutKeyWord(column: string): string | null {
  const bare = column.replace(KEY_WORD, '');
  return bare === column || bare === '' ? null : bare;
}
