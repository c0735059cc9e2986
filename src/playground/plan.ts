import { ask } from './gateway.js';

export interface NativeQuery {
  readonly language: string;
  readonly text: string;
  readonly parameters: readonly string[];
}

export interface KeyRead {
  readonly source: string;
  readonly native: readonly NativeQuery[];
  readonly estimatedKeys: number | null;
}

export interface SemiJoin {
  readonly relation: string;
  readonly most: number;
  readonly far: KeyRead;
  readonly near: KeyRead;
}

export interface PlanNode {
  readonly source: string;
  readonly entity: string;
  readonly path: string;
  readonly native: readonly NativeQuery[];
  readonly pushed: readonly string[];
  readonly residual: readonly string[];
  readonly estimatedRows: number | null;
  readonly semiJoins: readonly SemiJoin[];
  readonly children: readonly PlanNode[];
}

export interface Asked {
  readonly query: string;
  readonly variables: string;
  readonly operationName: string | null;
}

const NATIVE = 'native { language text parameters }';
const KEYS = `{ source ${NATIVE} estimatedKeys }`;
const SEMI_JOINS = `semiJoins { relation most far ${KEYS} near ${KEYS} }`;
const FIELDS = `source entity path ${NATIVE} pushed residual estimatedRows ${SEMI_JOINS}`;

function explainQuery(levels: number): string {
  const nodes = (left: number): string => (left === 0 ? FIELDS : `${FIELDS} children { ${nodes(left - 1)} }`);
  return `query Explain($query: String!, $variables: JSON, $operationName: String) {
  explain(query: $query, variables: $variables, operationName: $operationName) { nodes { ${nodes(levels)} } }
}`;
}

/** Levels below the roots that are asked for. Six fit the limit on depth as it is by default; fewer, where it is lower. */
const LEVELS = [6, 4, 2, 0];

/** The plan of an operation; fails with the gateway's words. */
export async function explain(asked: Asked, signal: AbortSignal): Promise<readonly PlanNode[]> {
  const { query, operationName } = asked;
  const variables = asked.variables.trim() === '' ? null : (JSON.parse(asked.variables) as unknown);
  let refusal = 'the gateway gave no plan';
  for (const levels of LEVELS) {
    const params = { query: explainQuery(levels), variables: { query, variables, operationName } };
    const { data, errors } = await ask(params, {}, signal);
    const plan = (data as { explain: { nodes: readonly PlanNode[] } | null } | undefined)?.explain;
    if (plan) return plan.nodes;
    refusal = errors?.map(({ message }) => message).join('\n') ?? refusal;
    // Only a refusal of the question itself comes without data.
    if (data !== undefined) break;
  }
  throw new Error(refusal);
}
