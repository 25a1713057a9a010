import '#children/end-with-parent.ts'

import { answerTasks } from '#children/answer-tasks.ts'
import type { MeasureTask } from '#children/measurer.ts'
import { decodeCheckpoint } from '#formats/checkpoint.ts'
import { compactModel } from '#formats/compact-model.ts'
import { asInt8 } from '#formats/int8.ts'
import { modelAt } from '#formats/model-at.ts'
import { trainingText } from '#formats/model-metadata.ts'
import { modelFromCheckpoint, type TrainedModel } from '#formats/trained-model.ts'
import { type Network, resolveNetwork } from '#network/network.ts'
import { forwardFlops } from '#network/step-flops.ts'
import type { MeasuredRounding } from '#optimization/rounding.ts'
import type { Split } from '#workers/data/examples.ts'
import { loadValidation } from '#workers/data/load-splits.ts'
import { chooseEngine } from '#workers/engine/choose-engine.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { validationScores } from '#workers/training/epoch-metrics.ts'
import { evaluateModel } from '#workers/training/evaluate-model.ts'

// A child process of the measurer: evaluates a model before and after its weights are rounded, on the best engine of this machine.

/** The most examples, which bound the standard error of an accuracy at half a percent. */
const MOST_EXAMPLES = 10_000
/** The most floating-point operations of both evaluations: about a minute on two cores. */
const MOST_FLOPS = 4e12

const opening = chooseEngine('auto').then(({ engine }) => openEngine(engine.name))

answerTasks(
  async ({ spec, checkpoint: file, cut, structure, ...places }: MeasureTask): Promise<MeasuredRounding> => {
    await opening
    const trained = modelFromCheckpoint(spec, decodeCheckpoint(file, trainingText(spec)).checkpoint)
    const whole = cut ? modelAt(trained, cut) : trained
    const model = structure ? compactModel(whole) : whole
    const network = resolveNetwork(model.topology)
    const { split, close } = await loadValidation(spec, places)
    try {
      const measured = someOf(split, mostExamples(network))
      const weights = asInt8(model.weights, network.variables)
      return {
        examples: measured.indices.length,
        of: split.indices.length,
        before: await scoresOf(model, measured),
        after: await scoresOf({ ...model, weights }, measured),
      }
    } finally {
      await close?.()
    }
  },
)

function mostExamples(network: Network): number {
  return Math.min(MOST_EXAMPLES, Math.ceil(MOST_FLOPS / (2 * Math.max(1, forwardFlops(network)))))
}

/** Evenly spaced examples, because a dataset may be sorted by class. */
function someOf({ examples, indices }: Split, most: number): Split {
  const count = Math.min(most, indices.length)
  const step = indices.length / count
  return { examples, indices: Uint32Array.from({ length: count }, (_, i) => indices[Math.floor(i * step)]!) }
}

async function scoresOf(model: TrainedModel, split: Split) {
  return validationScores(await evaluateModel(model, split, new AbortController().signal, () => {}))
}
