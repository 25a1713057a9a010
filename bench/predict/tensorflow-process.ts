import '#children/end-with-parent.ts'

import * as tf from '@tensorflow/tfjs-core'
import { answerTasks } from '#children/answer-tasks.ts'
import { NOT_HELD, type Prediction, type PredictionTask } from '#children/predictor.ts'
import { decodeCheckpoint } from '#formats/checkpoint.ts'
import { modelAt } from '#formats/model-at.ts'
import { trainingText } from '#formats/model-metadata.ts'
import { preprocessingOf } from '#formats/preprocessing.ts'
import { modelFromCheckpoint } from '#formats/trained-model.ts'
import { resolveNetwork } from '#network/network.ts'
import { layoutFromSpec, normaliser, uploadBatch } from '#workers/data/batch-tensors.ts'
import { chooseEngine } from '#workers/engine/choose-engine.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { modelFromNetwork } from '#workers/layers/from-network.ts'
import { outputActivationOf } from '#workers/training/output-activation.ts'
import { toTensors } from '#workers/training/weights.ts'

// The same child process with TensorFlow: predicts with the model that it loaded last, on the best engine that works on this machine.

type Answer = (inputs: PredictionTask['inputs']) => Promise<Float32Array>

let held: { model: string; answer: Answer; dispose(): void } | undefined
const opening = chooseEngine('auto').then(({ engine }) => openEngine(engine.name))

answerTasks(async ({ model, load, inputs }: PredictionTask): Promise<Prediction> => {
  await opening
  if (load) {
    held?.dispose()
    held = { model, ...hold(load) }
  }
  if (held?.model !== model)
    throw Object.assign(new Error(`The model ${model} is not loaded.`), { name: NOT_HELD })
  return { outputs: await held.answer(inputs) }
})

function hold({ spec, checkpoint: file, cut }: NonNullable<PredictionTask['load']>): {
  answer: Answer
  dispose(): void
} {
  const { checkpoint } = decodeCheckpoint(file, trainingText(spec))
  const model = modelFromCheckpoint(spec, checkpoint)
  const { topology, weights, statistics } = cut ? modelAt(model, cut) : model
  const forward = modelFromNetwork(resolveNetwork(topology))
  const layout = layoutFromSpec(spec)
  const normalise = normaliser(preprocessingOf(spec.dataset), layout)
  const activate = outputActivationOf(spec.loss)
  const variables = toTensors([...weights, ...statistics])
  return {
    async answer(inputs) {
      if (!('x' in inputs)) throw new Error('This child takes arrays only.')
      const { x: values } = inputs
      return tf.tidy(() => {
        const batch = { x: values, labels: new Int32Array(inputs.count), size: inputs.count }
        const { x } = uploadBatch(batch, layout)
        return activate(forward(variables, normalise(x)).logits).dataSync() as Float32Array
      })
    },
    dispose: () => tf.dispose(variables),
  }
}
