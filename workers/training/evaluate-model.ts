import * as tf from '@tensorflow/tfjs-core'
import { preprocessingOf } from '#formats/preprocessing.ts'
import type { TrainedModel } from '#formats/trained-model.ts'
import { resolveNetwork } from '#network/network.ts'
import { blankBatch, layoutFromSpec, normaliser, uploadBatch } from '#workers/data/batch-tensors.ts'
import { type Batch, batchSizes } from '#workers/data/batches.ts'
import type { Split } from '#workers/data/examples.ts'
import { requireSplitTokens } from '#workers/data/require-tokens.ts'
import { inScope } from '#workers/engine/in-scope.ts'
import { openProgram } from '#workers/engine/open-program.ts'
import type { Program } from '#workers/engine/program.ts'
import { modelFromNetwork } from '#workers/layers/from-network.ts'
import { Diverged } from './epoch-metrics.ts'
import { objectiveFor } from './losses.ts'
import { evaluate, type Means } from './means.ts'
import { decide, outputActivationOf } from './output-activation.ts'
import { batchesOf, interruptible } from './prepare.ts'
import { evaluationRoutine, type Outcome } from './step.ts'
import { toTensors } from './weights.ts'

/** What a model computes for a batch. */
export interface Predicted {
  /** The predictions [batch, n], as `predict` answers them. */
  outputs: Float32Array
  /** See `decide`; empty for a model of numbers. */
  decisions: Float32Array
}

/** Called with each batch, after it was evaluated. */
type OnBatch = (batch: Batch, predicted: Predicted) => void | Promise<void>

/**
 * Evaluates a trained model on a split with the batches, the preprocessing and the metrics of a training's validation.
 * @param model its spec names the dataset of the split
 * @param signal ends the evaluation with the signal's reason as the error
 * @throws FormatError for a token that the model does not have; Diverged when the loss is not finite
 */
export async function evaluateModel(
  model: TrainedModel,
  split: Split,
  signal: AbortSignal,
  onBatch: OnBatch,
): Promise<Means> {
  const { spec, topology } = model
  requireSplitTokens(topology, 'the evaluated split', split)
  const layout = layoutFromSpec(spec)
  const program = openEvaluation(model, split.indices.length)
  let predicted!: Predicted
  const measure = (batch: Batch): Outcome =>
    tf.tidy(() => {
      const call = { routine: 'evaluate', inputs: uploadBatch(batch, layout) }
      const { outputs, decisions, ...outcome } = program.run(call)
      predicted = {
        outputs: outputs!.dataSync<'float32'>().slice(),
        decisions: decisions?.dataSync<'float32'>().slice() ?? new Float32Array(0),
      }
      return outcome as Outcome
    })
  async function* batches(): AsyncGenerator<Batch, void, undefined> {
    for await (const batch of interruptible(batchesOf(spec, split), signal)) {
      yield batch
      await onBatch(batch, predicted)
    }
  }
  try {
    const means = await evaluate(measure, batches())
    if (!Number.isFinite(means.loss))
      throw new Diverged(`The loss is ${means.loss} on the evaluated examples.`)
    return means
  } finally {
    program.dispose()
  }
}

/** @param count of the examples that will be evaluated */
function openEvaluation({ spec, topology, weights, statistics }: TrainedModel, count: number): Program {
  const layout = layoutFromSpec(spec)
  const activate = outputActivationOf(spec.loss)
  const functions = {
    model: modelFromNetwork(resolveNetwork(topology)),
    objective: objectiveFor(spec.loss),
    normalise: normaliser(preprocessingOf(spec.dataset), layout),
  }
  const routine = evaluationRoutine(functions, logits => {
    const decisions = decide(logits, spec.loss)
    return { outputs: activate(logits), ...(decisions && { decisions }) }
  })
  return inScope(() => {
    const calls = batchSizes(count, spec.batchSize).map(size => ({
      routine: 'evaluate',
      inputs: uploadBatch(blankBatch(size, layout), layout),
    }))
    const variables = {
      params: toTensors(weights),
      ...(statistics.length > 0 && { statistics: toTensors(statistics) }),
    }
    return openProgram(variables, { evaluate: routine }, calls)
  })
}
