import { z } from 'zod'
import { invalidFields, type Mistake } from '#domain/error.ts'
import { CutRule, CutScope } from '#optimization/cut.ts'
import type { PointSelector } from '#optimization/select-point.ts'

const SELECTORS = ['sparsity', 'sizeBytes', 'minValidationAccuracy'] as const
const ONE_OF = 'sparsity, sizeBytes and minValidationAccuracy'

/** The query parameters that select a point of a job's trade-off: at most one of the first three. */
export const POINT_QUERY = {
  sparsity: z.coerce
    .number()
    .positive()
    .lt(1)
    .optional()
    .describe("The point of the job's trade-off with at least this share of zeros (docs/tradeoff.md)."),
  sizeBytes: z.coerce
    .number()
    .int()
    .positive()
    .optional()
    .describe('The most accurate point whose model.sparse.safetensors has at most this size.'),
  minValidationAccuracy: z.coerce
    .number()
    .positive()
    .max(1)
    .optional()
    .describe('The point with the smallest file that has at least this validation accuracy.'),
  rule: CutRule.optional().describe('Selects among the points of this rule only.'),
  scope: CutScope.optional().describe('Selects among the points of this scope only.'),
}

/** A query whose parameters of a point are together. */
type WithPoint<Query> = Omit<Query, keyof PointSelector> & { point?: PointSelector }

/** @throws AppError `invalid_request` for several selectors, and for a rule or scope without one */
export function readPointQuery<Query extends PointSelector>(query: Query): WithPoint<Query> {
  const { sparsity, sizeBytes, minValidationAccuracy, rule, scope, ...rest } = query
  const [first, ...others] = SELECTORS.filter(key => query[key] !== undefined)
  const mistakes: Mistake[] = [
    ...others.map(path => ({ path, message: `must not be given beside ${first}: give one of ${ONE_OF}` })),
    ...(first ? [] : withoutSelector({ rule, scope })),
    ...(rule === 'threshold' && scope === 'layer'
      ? [{ path: 'scope', message: 'must be global for the rule threshold' }]
      : []),
  ]
  if (mistakes.length > 0) throw invalidFields(mistakes)
  return first ? { ...rest, point: { sparsity, sizeBytes, minValidationAccuracy, rule, scope } } : rest
}

function withoutSelector(given: Pick<PointSelector, 'rule' | 'scope'>): Mistake[] {
  return (['rule', 'scope'] as const)
    .filter(path => given[path] !== undefined)
    .map(path => ({ path, message: `needs one of ${ONE_OF}` }))
}
