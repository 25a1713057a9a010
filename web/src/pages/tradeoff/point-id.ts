import type { ModelPoint } from './model-points.ts'

/** A short name of a point that is unique among all jobs: `job_1:trained`, `job_1:epoch-4`, `job_1:magnitude-global-0.95`. */
export function pointId({ jobId, selection }: Pick<ModelPoint, 'jobId' | 'selection'>): string {
  const { checkpoint, rule, scope, sparsity } = selection
  if (checkpoint !== undefined) return `${jobId}:epoch-${checkpoint}`
  return sparsity === undefined ? `${jobId}:trained` : `${jobId}:${rule}-${scope}-${sparsity}`
}
