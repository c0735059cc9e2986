import { keyText } from '../../src/ir/compare.js';
import type { Field } from '../../src/ir/entity.js';
import type { Step, Walk } from '../../src/ir/operand.js';
import { exactText } from '../../src/ir/print.js';
import { fieldValue, related, type Rec, type World } from './world.js';

/** Breadth first: the rows nearest to the start come first, each once and with its way, the start never. */
export function reached({ hops, depth }: Walk, start: Rec, world: World): Rec[] {
  const seen = new Set([identity(start)]);
  const found: Rec[] = [];
  let edge: readonly Rec[] = [{ ...start, way: [start] }];
  for (let distance = 1; distance <= depth && edge.length > 0; distance += 1) {
    const next: Rec[] = [];
    for (const near of edge) {
      for (const far of neighbours(hops, near, world)) {
        const id = identity(far);
        if (seen.has(id)) continue;
        seen.add(id);
        next.push({ ...far, way: [...near.way!, far] });
      }
    }
    found.push(...next);
    edge = next;
  }
  return found;
}

export function degree(hops: readonly Step[], rec: Rec, world: World): bigint {
  return BigInt(neighbours(hops, rec, world).length);
}

function neighbours(hops: readonly Step[], rec: Rec, world: World): Rec[] {
  return hops.filter((hop) => hop.relation.from === rec.entity).flatMap((hop) => related(hop, rec, world));
}

function identity(rec: Rec): string {
  const texts = keyFields(rec).map((field) => keyText(field.type, fieldValue(rec, field.name)));
  return JSON.stringify([rec.entity.source, rec.entity.entity, ...texts]);
}

/** A row on a way, as `WAY_POINT` has it. */
export function wayPoint(rec: Rec): { readonly entity: string; readonly key: string } {
  const texts = keyFields(rec).map((field) => keyPart(exactText(field.type)(fieldValue(rec, field.name))));
  return { entity: rec.entity.entity, key: texts.length === 1 ? texts[0]! : JSON.stringify(texts) };
}

/** Texts without the quotes of JSON. */
function keyPart(json: string): string {
  return json.startsWith('"') ? (JSON.parse(json) as string) : json;
}

function keyFields({ entity }: Rec): readonly Field[] {
  if (!entity.key) throw new Error(`${entity.entity} has no key to tell its rows by`);
  return entity.key.map((name) => entity.fields.get(name)!);
}
