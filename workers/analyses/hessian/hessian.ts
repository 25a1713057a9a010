import { HessianOptions, type HessianResult } from '#analyses/hessian.ts'
import { hessianPlot } from '#interchange/report/hessian-section.ts'
import { hasBatchStatistics } from '#network/batch-statistics.ts'
import type { AnalysisInput, Computation } from '#workers/analyses/computation.ts'
import { toCsv } from '#workers/analyses/csv.ts'
import { sampleExamples } from '#workers/analyses/surface/sample-examples.ts'
import { withoutAugmentation } from '#workers/analyses/surface/surface-meter.ts'
import { loadSplits } from '#workers/data/load-splits.ts'
import { prepareRun, type TrainingRun } from '#workers/training/prepare.ts'
import { dotFlat, flatten, normFlat, subtractFlat, unflatten } from './flat.ts'
import { type Multiply, topEigenspace } from './top-eigenspace.ts'

type Pairs = Pick<HessianResult, 'eigenpairs' | 'asymmetry'>
type Projection = HessianResult['projections'][number]

/** The Hessian at a model: its products, with gradients at the distance EPS or twice as far. */
interface HessianAt {
  weights: Float32Array
  multiply: Multiply
  multiplyFurther: Multiply
}

/** Projects the differences between models on the top eigenspace of the Hessian of the training loss at the last one. */
export const hessian: Computation = async input => {
  const options = HessianOptions.parse(input.options)
  const model = await input.models.at(-1)!.read()
  const splits = await loadSplits(model.spec, input.places)
  const measured = sampleExamples(splits.training, options.examples, model.spec.seed)
  const onMeasured = { training: splits.training, validation: measured }
  const run = prepareRun(withoutAugmentation(model.spec), onMeasured, input.signal)
  const isRecalibrated = hasBatchStatistics(run.network.topology)
  const computed = await withHessian(run, isRecalibrated ? await recalibrated(run, model) : model, at =>
    compute(input, options, at),
  )
  await splits.close?.()
  const { jobId, epoch } = input.models.at(-1)!
  const result: HessianResult = {
    examples: { training: measured.indices.length, validation: splits.validation.indices.length },
    ...(isRecalibrated && { recalibration: run.calibration }),
    at: { jobId, epoch },
    ...computed,
  }
  return {
    files: {
      'hessian.json': `${JSON.stringify(result)}\n`,
      'hessian.csv': hessianCsv(result),
      'hessian.svg': hessianPlot(result),
    },
  }
}

async function compute(input: AnalysisInput, options: HessianOptions, at: HessianAt) {
  const { weights, multiply } = at
  const { seed } = input.models.at(-1)!.spec
  const parameters = weights.length
  const shape = { dimension: parameters, seed }
  const { vectors, products, converged } = await topEigenspace(multiply, shape, options, input)
  const pairs = await checkPairs(vectors, at)
  const projections: Projection[] = []
  for (const { jobId, epoch, read } of input.models.slice(0, -1)) {
    const difference = flatten((await read()).weights)
    subtractFlat(difference, weights, 1)
    projections.push({ jobId, epoch, ...(await project(difference, vectors, multiply)) })
  }
  const baseline = Math.sqrt(options.eigenvectors / parameters)
  return { parameters, products, converged, eps: EPS, ...pairs, baseline, projections }
}

/** With the statistics of its batch normalizations that belong to its weights. */
async function recalibrated<Model extends Parameters<TrainingRun['openEvaluator']>[0]>(
  run: TrainingRun,
  model: Model,
): Promise<Model> {
  const evaluator = run.openEvaluator(model)
  return await evaluator.recalibrate(model).finally(() => evaluator.end())
}

/**
 * Gradients are taken at this distance from the model. A smaller one raises the share of rounding in their difference, a larger one that of
 * the fourth derivative of the loss: docs/decisions/2026-11-30-loss-surface.md.
 */
export const EPS = 3e-3

async function withHessian<Result>(
  run: TrainingRun,
  model: Parameters<TrainingRun['openCurvature']>[0],
  use: (at: HessianAt) => Promise<Result>,
): Promise<Result> {
  const curvature = run.openCurvature(model)
  const weights = flatten(model.weights)
  const multiplyAt =
    (distance: number): Multiply =>
    async vector =>
      flatten(await curvature.multiply(unflatten(vector, model.weights), distance))
  const at = { weights, multiply: multiplyAt(EPS), multiplyFurther: multiplyAt(2 * EPS) }
  return await use(at).finally(() => curvature.end())
}

/** The errors of eigenvectors: their residuals, and how far the products are from exact and from symmetric. */
async function checkPairs(
  vectors: readonly Float32Array[],
  { multiply, multiplyFurther }: HessianAt,
): Promise<Pairs> {
  const eigenpairs: Pairs['eigenpairs'] = []
  const products: Float32Array[] = []
  for (const vector of vectors) {
    const [product, further] = [await multiply(vector), await multiplyFurther(vector)]
    const value = dotFlat(vector, product)
    const residual = product.slice()
    subtractFlat(residual, vector, value)
    subtractFlat(further, product, 1)
    products.push(product)
    eigenpairs.push({ value, residual: normFlat(residual), differenceError: normFlat(further) / 3 })
  }
  const asymmetries = vectors.flatMap((one, i) =>
    vectors
      .slice(0, i)
      .map((other, j) => Math.abs(dotFlat(one, products[j]!) - dotFlat(other, products[i]!))),
  )
  return { eigenpairs, asymmetry: Math.max(0, ...asymmetries) }
}

/** The parts of a difference along the eigenvectors, and the curvature along it. Overwrites the difference. */
async function project(
  difference: Float32Array,
  vectors: readonly Float32Array[],
  multiply: Multiply,
): Promise<Omit<Projection, 'jobId' | 'epoch'>> {
  const distance = normFlat(difference)
  if (distance === 0) return { distance, projection: 0, cosines: vectors.map(() => 0), curvature: 0 }
  const direction = difference.map(value => value / distance)
  const cosines = vectors.map(vector => dotFlat(vector, direction))
  const curvature = dotFlat(direction, await multiply(direction))
  return { distance, projection: Math.hypot(...cosines), cosines, curvature }
}

function hessianCsv({ eigenpairs, projections }: HessianResult): string {
  const names = projections.map(({ jobId, epoch }) => `cosine of ${jobId} epoch ${epoch}`)
  const rows = eigenpairs.map(({ value, residual, differenceError }, index) => [
    index + 1,
    value,
    residual,
    differenceError,
    ...projections.map(({ cosines }) => cosines[index]),
  ])
  return toCsv(['eigenvector', 'value', 'residual', 'differenceError', ...names], rows)
}
