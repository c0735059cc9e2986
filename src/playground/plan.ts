import { ask } from './gateway.js';

export interface PlanNode {
  readonly source: string;
  readonly entity: string;
  readonly path: string;
  readonly native: readonly {
    readonly language: string;
    readonly text: string;
    readonly parameters: readonly string[];
  }[];
  readonly pushed: readonly string[];
  readonly residual: readonly string[];
  readonly estimatedRows: number | null;
  readonly children: readonly PlanNode[];
}

export interface Asked {
  readonly query: string;
  readonly variables: string;
  readonly operationName: string | null;
}

const FIELDS = 'source entity path native { language text parameters } pushed residual estimatedRows';

function explainQuery(levels: number): string {
  const nodes = (left: number): string => (left === 0 ? FIELDS : `${FIELDS} children { ${nodes(left - 1)} }`);
  return `query Explain($query: String!, $variables: JSON, $operationName: String) {
  explain(query: $query, variables: $variables, operationName: $operationName) { nodes { ${nodes(levels)} } }
}`;
}

/** Levels below the roots that are asked for. Eight fit the limit on depth as it is by default; fewer, where it is lower. */
const LEVELS = [8, 4, 2, 0];

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
