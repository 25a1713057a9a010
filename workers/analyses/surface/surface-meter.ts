import type { Measured, PointScores } from '#analyses/same-surface.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { hasBatchStatistics } from '#network/batch-statistics.ts'
import type { Splits } from '#workers/data/examples.ts'
import type { Means } from '#workers/training/means.ts'
import type { ModelEvaluator, ModelVariables } from '#workers/training/model-evaluator.ts'
import { prepareRun, type TrainingRun } from '#workers/training/prepare.ts'
import { sampleExamples } from './sample-examples.ts'

/** The same training without augmentation, which makes the loss another function at every call. */
export function withoutAugmentation(spec: TrainingSpec): TrainingSpec {
  return { ...spec, augmentation: [] }
}

/**
 * Measures points of the loss surface: the mean loss and accuracy over the training examples and over the validation split, without
 * augmentation and dropout, and with statistics of batch normalizations that are recomputed at each point.
 */
export class SurfaceMeter {
  readonly #run: TrainingRun
  readonly #onTraining: ModelEvaluator
  readonly #onValidation: ModelEvaluator
  /** Constant for all points. */
  readonly facts: Measured

  /** @param first any model of the network @param examples the number of training examples; all by default */
  constructor(
    spec: TrainingSpec,
    splits: Splits,
    first: ModelVariables,
    { examples, signal }: { examples?: number | undefined; signal: AbortSignal },
  ) {
    const { training, validation } = splits
    const measured = sampleExamples(training, examples, spec.seed)
    const plain = withoutAugmentation(spec)
    this.#run = prepareRun(plain, { training, validation: measured }, signal)
    this.#onTraining = this.#run.openEvaluator(first)
    this.#onValidation = prepareRun(plain, { training, validation }, signal).openEvaluator(first)
    this.facts = {
      examples: { training: measured.indices.length, validation: validation.indices.length },
      ...(this.#isRecalibrated && { recalibration: this.#run.calibration }),
    }
  }

  async measure(model: ModelVariables): Promise<PointScores> {
    const point = this.#isRecalibrated ? await this.#onTraining.recalibrate(model) : model
    return {
      ...scoresOf('train', await this.#onTraining.evaluate(point)),
      ...scoresOf('validation', await this.#onValidation.evaluate(point)),
    } as PointScores
  }

  end(): void {
    this.#onTraining.end()
    this.#onValidation.end()
  }

  get #isRecalibrated(): boolean {
    return hasBatchStatistics(this.#run.network.topology)
  }
}

/** JSON has no number for infinity and NaN. */
function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null
}

function scoresOf(split: 'train' | 'validation', { loss, metrics }: Means) {
  const { correct } = metrics
  return {
    [`${split}Loss`]: finiteOrNull(loss),
    ...(correct !== undefined && { [`${split}Accuracy`]: correct }),
  }
}
