import { GatewayError } from '../../src/errors.js';
import type { Entity, Field } from '../../src/ir/entity.js';
import { TEXT } from '../../src/ir/types.js';
import { literal } from '../../src/ir/value.js';
import { identifier, join, sql, type Fragment } from '../sql/fragment.js';
import { columnOf } from '../sql/native.js';
import { scalar } from '../sql/parameter.js';
import type { Scope } from '../sql/scope.js';

/** A row on a way as JSON: its entity, and its key's exact text (ir/select.ts). */
export function wayPoint(entity: Entity, key: readonly Field[], { alias, draft }: Scope): Fragment {
  const texts = key.map((field) => keyText(field, identifier(alias, columnOf(field).column)));
  const listed = join(
    texts.map((text) => sql`to_json(${text})::text`),
    sql` || ',' || `,
  );
  const text = texts.length === 1 ? texts[0]! : sql`'[' || ${listed} || ']'`;
  const name = scalar(literal(TEXT, entity.entity), draft.dialect);
  return sql`jsonb_build_array(jsonb_build_object('entity', ${name}, 'key', ${text}))`;
}

/** The texts of values as the gateway writes them. */
function keyText({ name, type }: Field, value: Fragment): Fragment {
  switch (type.kind) {
    case 'bool':
    case 'int':
    case 'uuid':
    case 'enum':
    case 'date':
    case 'time':
    case 'id':
      return sql`(${value})::text`;
    case 'text':
    case 'opaque':
      return sql`(${value})::text collate "C"`;
    case 'decimal':
      return sql`trim_scale(${value})::text`;
    case 'localdatetime':
      return sql`replace((${value})::text, ' ', 'T')`;
    case 'instant':
      return sql`replace((${value} at time zone 'UTC')::text, ' ', 'T') || 'Z'`;
    case 'bytes':
      return sql`translate(encode(${value}, 'base64'), E'\\n', '')`;
    default:
      throw new GatewayError('UNSUPPORTED', `postgres cannot show ways by the key ${name} (${type.kind})`, {
        hint: 'ask for the distance instead',
      });
  }
}
