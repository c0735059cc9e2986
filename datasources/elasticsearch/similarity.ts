import { badInput } from '../../src/errors.js';

/** How alike two vectors are by the mapping; `scale` is what products of bytes are divided by. */
export interface Similarity {
  readonly kind: keyof typeof SCRIPTS;
  readonly scale: number;
}

/**
 * The scores of the store's own index of vectors, by the vectors as they were written: the index itself keeps fewer digits
 * and takes shortcuts. They are above zero, as scores must be, where rounding would make them less.
 */
const SCRIPTS = {
  l2_norm: 'double d = l2norm(params.vector, params.field); return 1 / (1 + d * d)',
  cosine: `double c = cosineSimilarity(params.vector, params.field); return Double.isNaN(c) ? 0 : Math.max(0, (1 + c) / 2)`,
  dot_product: 'return Math.max(0, 0.5 + dotProduct(params.vector, params.field) / params.scale)',
  max_inner_product:
    'double p = dotProduct(params.vector, params.field); return p < 0 ? 1 / (1 - p / params.scale) : p / params.scale + 1',
} as const;

interface VectorMapping {
  readonly similarity?: string;
  readonly element_type?: string;
  readonly dims?: number;
}

/** null: no scores that are known here. Vectors without an index are compared as the store does by default. */
export function similarityOf({
  similarity = 'cosine',
  element_type: of = 'float',
  dims = 1,
}: VectorMapping): Similarity | null {
  if ((of !== 'float' && of !== 'byte') || !Object.hasOwn(SCRIPTS, similarity)) return null;
  const kind = similarity as Similarity['kind'];
  if (kind === 'max_inner_product') return { kind, scale: 1 };
  return { kind, scale: of === 'byte' ? 32_768 * dims : 2 };
}

/** Every document that is left, scored by its vector. */
export function scoredBy(
  { kind, scale }: Similarity,
  path: string,
  vector: readonly number[],
  query: unknown,
): unknown {
  if (kind === 'cosine' && vector.every((each) => each === 0))
    throw badInput('nearest.vector', 'a vector with a direction, which one of zeros has not', vector);
  return { script_score: { query, script: { source: SCRIPTS[kind], params: { field: path, vector, scale } } } };
}
