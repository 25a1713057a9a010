import { type ArtifactName, artifactFile } from '#domain/artifact.ts'
import type { CheckpointRecord } from '#domain/checkpoint.ts'
import { AppError, invalidFields, invalidRequest } from '#domain/error.ts'
import type { Job } from '#domain/job.ts'
import type { RequestedCut } from '#formats/model-at.ts'
import { type PointSelector, possibleRange, type SizedFile, selectPoint } from '#optimization/select-point.ts'
import type { MeasuredCut, Tradeoff } from '#optimization/tradeoff.ts'
import { readBlob } from '#stores/blobs/read-blob.ts'
import type { Stores } from '#stores/connect.ts'
import { requireTradeoff, type StoredFile, type TradeoffStores } from './find-tradeoff.ts'

const OPTIMIZER_STATE = 'optimizer-state.safetensors' satisfies ArtifactName
const WITHOUT_THRESHOLD = `Only a cut by threshold has ${OPTIMIZER_STATE}, and this trade-off has no curve by threshold: its checkpoint has no accumulator of grda.`

/** A measured cut of the model of a checkpoint. */
export interface FoundCut {
  point: MeasuredCut
  /** The statistics that it was measured with, if its network has batch normalizations. */
  statistics?: StoredFile | undefined
}

/**
 * The cut that a selector requests; undefined if that is the model without a cut.
 * @param name the file that is requested at this point; absent for predictions
 * @throws AppError `tradeoff_not_ready`; `not_found` if no point has what is requested; `invalid_request`
 */
export async function findCut(
  stores: TradeoffStores,
  job: Job,
  checkpoint: CheckpointRecord | undefined,
  requested: PointSelector,
  name?: ArtifactName,
): Promise<FoundCut | undefined> {
  const selector = name ? fitFile(name, requested) : requested
  const { tradeoff, statistics } = await requireTradeoff(stores, job, checkpoint)
  if (name === OPTIMIZER_STATE && !tradeoff.points.some(({ rule }) => rule === 'threshold'))
    throw new AppError('not_found', WITHOUT_THRESHOLD)
  const { own, ...point } = requirePoint(tradeoff, selector, name)
  return own ? undefined : { point: measuredCut(point), statistics }
}

/** The cut with its statistics, for `modelAt`. */
export async function loadCut(
  { blobs }: Pick<Stores, 'blobs'>,
  { point, statistics }: FoundCut,
): Promise<RequestedCut> {
  const { rule, scope, sparsity, nonzero } = point
  return {
    point: { rule, scope, sparsity, nonzero },
    ...(statistics && { statistics: await readBlob(blobs, statistics.namespace, statistics.sha256) }),
  }
}

/** Equal for two cuts of one model if and only if they give the same model. */
export function cutKey({ point, statistics }: FoundCut): Record<string, string> {
  const { rule, scope, nonzero } = point
  return { cut: `${rule}.${scope}.${nonzero}`, ...(statistics && { statistics: statistics.sha256 }) }
}

/** @throws AppError `invalid_request` for a file that has no points */
function fitFile(name: ArtifactName, requested: PointSelector): PointSelector {
  const given = Object.entries(requested).filter(([, value]) => value !== undefined)
  if (artifactFile(name).word === undefined)
    throw invalidFields(
      given.map(([path]) => ({ path, message: `${name} is the same at every point; omit it` })),
    )
  if (name !== OPTIMIZER_STATE) return requested
  if (requested.rule === 'magnitude')
    throw invalidRequest(
      'rule',
      `must be threshold: no optimizer state determines weights that were cut by magnitude`,
    )
  return { ...requested, rule: 'threshold' }
}

function requirePoint(tradeoff: Tradeoff, selector: PointSelector, name: ArtifactName | undefined) {
  const { points } = tradeoff
  const file: SizedFile = name === 'model.sparse.safetensors.zst' ? 'zst' : 'sparse'
  if (selector.minValidationAccuracy !== undefined && points[0]!.validationAccuracy === undefined)
    throw invalidRequest('minValidationAccuracy', 'is not measured: the loss of the job has no accuracy')
  const point = selectPoint(points, selector, file)
  if (point) return point
  const possible = possibleRange(points, selector, file)
  const curves = [...new Set(points.map(({ rule, scope }) => `${rule} ${scope}`))].join(', ')
  const where = possible ? `${possible}.` : `the trade-off has only the curves ${curves}.`
  throw new AppError('not_found', `The job has no such point: ${where}`)
}

function measuredCut({
  pareto: _,
  sizeBytes: _size,
  ...cut
}: Omit<Tradeoff['points'][number], 'own'>): MeasuredCut {
  return cut
}
