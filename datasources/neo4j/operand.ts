import { GatewayError } from '../../src/errors.js';
import type { Field } from '../../src/ir/entity.js';
import type { Operand } from '../../src/ir/operand.js';
import type { DataType } from '../../src/ir/types.js';
import { cypher, keyword, name, type Fragment } from './cypher.js';
import { relatedMeasure } from './measure.js';
import { fieldOf, isUniqueIn } from './native.js';
import { matchOf, reachFrom } from './relation.js';
import type { Scope } from './scope.js';
import { degree, distanceOf, pathOf } from './walk.js';

/**
 * An operand as an expression, in the form that questions and answers have in Cypher: times of day, local times and
 * instants are whole microseconds, exact sums are pairs of words (see measure.ts), all else is the store's own value.
 */
export function expression(operand: Operand, scope: Scope): Fragment {
  const [first, ...rest] = operand.steps;
  if (!first) return leafOf(operand, scope);
  const reached = reachFrom(first, scope);
  const value = expression({ ...operand, steps: rest }, reached.scope);
  const { on } = first.relation;
  const single = isUniqueIn(
    first.relation.to,
    on.map((pair) => pair.to),
  );
  if (single) return cypher`COLLECT { ${matchOf(reached)} RETURN ${value} }[0]`;
  // Two rows where one was declared: the division fails, and an INTEGRITY error is made of that. Never a silent pick.
  const found = scope.variables.next('l');
  return cypher`[${found} IN [COLLECT { ${matchOf(reached)} RETURN ${value} LIMIT 2 }] | CASE WHEN size(${found}) > 1 THEN 1 / (size(${found}) - size(${found})) ELSE ${found}[0] END][0]`;
}

function leafOf({ leaf }: Operand, scope: Scope): Fragment {
  switch (leaf.kind) {
    case 'field':
      if (leaf.nested.length === 0) return readField(leaf.field, scope);
      throw cannot(`look into ${leaf.field.name}`, 'read the whole field');
    case 'related':
      return relatedMeasure(leaf.step, leaf.measure, scope);
    case 'groupKey':
      return keyword(`k${leaf.index}`);
    case 'groupMeasure':
      return keyword(`m${leaf.index}`);
    case 'element':
      throw cannot('look into elements of a list', 'read the whole field');
    case 'degree':
      return degree(leaf.hops, scope);
    case 'distance':
      return distanceOf(scope);
    case 'path':
      return pathOf(scope);
    case 'highlights':
      throw cannot('show pieces of a text match', 'read the whole field');
    case 'score':
      return scope.score ?? cypher`null`;
  }
}

export function cannot(what: string, hint: string): GatewayError {
  return new GatewayError('UNSUPPORTED', `neo4j cannot ${what}`, { hint });
}

export function readField(field: Field, { variable }: Pick<Scope, 'variable'>): Fragment {
  const native = fieldOf(field);
  switch (native.kind) {
    case 'id':
      return cypher`elementId(${variable})`;
    case 'from':
      return cypher`elementId(startNode(${variable}))`;
    case 'to':
      return cypher`elementId(endNode(${variable}))`;
    case 'property': {
      const value = cypher`${variable}.${name(native.property)}`;
      return native.whole ? widened(field.type, value) : readValue(field.type, value);
    }
  }
}

function widened({ kind }: DataType, value: Fragment): Fragment {
  return kind === 'list' ? cypher`[e IN ${value} | toFloat(e)]` : cypher`toFloat(${value})`;
}

/** A stored value in the form that expressions have. (epochSeconds is cut towards nought, epochMillis is not.) */
function readValue(type: DataType, value: Fragment): Fragment {
  switch (type.kind) {
    case 'instant':
      return cypher`(${value}.epochMillis * 1000 + ${value}.microsecond % 1000)`;
    case 'localdatetime':
      return cypher`CASE WHEN ${value} IS NOT NULL THEN [d IN [datetime({datetime: ${value}, timezone: 'UTC'})] | d.epochMillis * 1000 + d.microsecond % 1000][0] END`;
    case 'time':
      return cypher`(((${value}.hour * 60 + ${value}.minute) * 60 + ${value}.second) * 1000000 + ${value}.microsecond)`;
    case 'list':
      return MADE_WHOLE.has(type.of.kind) ? cypher`[e IN ${value} | ${readValue(type.of, keyword('e'))}]` : value;
    default:
      return value;
  }
}

const MADE_WHOLE: ReadonlySet<DataType['kind']> = new Set(['instant', 'localdatetime', 'time']);
