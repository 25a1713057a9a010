import * as tf from '@tensorflow/tfjs-core'
import { trainingText } from '#exports/model-metadata.ts'
import { modelFromCheckpoint } from '#exports/trained-model.ts'
import { decodeCheckpoint } from '#formats/checkpoint.ts'
import { NOT_HELD, type Prediction, type PredictionTask } from '#infra/predictor.ts'
import { answerTasks } from '#infra/warm-child.ts'
import { normaliser } from './data/batch-tensors.ts'
import { uploadBytes } from './engine/bytes.ts'
import { chooseEngine, openEngine } from './engine/engine.ts'
import { modelFromTopology } from './models/from-topology.ts'
import { toTensors } from './weights.ts'

// A child of the predictor: answers for the model that it was given last, on the best engine that works here.

type Answer = (inputs: Uint8Array, count: number) => Float32Array

let held: { model: string; answer: Answer; dispose(): void } | undefined
const opening = chooseEngine('auto').then(({ engine }) => openEngine(engine.name))

answerTasks(async ({ model, load, inputs, count }: PredictionTask): Promise<Prediction> => {
  await opening
  if (load) {
    held?.dispose()
    held = { model, ...hold(load) }
  }
  if (held?.model !== model)
    throw Object.assign(new Error(`The model ${model} is not held.`), { name: NOT_HELD })
  return { probabilities: held.answer(inputs, count) }
})

function hold({ spec, checkpoint: file }: NonNullable<PredictionTask['load']>): {
  answer: Answer
  dispose(): void
} {
  const { checkpoint } = decodeCheckpoint(file, trainingText(spec))
  const { topology, weights, statistics } = modelFromCheckpoint(spec, checkpoint)
  const forward = modelFromTopology(topology)
  const normalise = normaliser(spec.dataset.normalize)
  const variables = toTensors([...weights, ...statistics])
  return {
    answer: (inputs, count) =>
      tf.tidy(() => {
        const pixels = uploadBytes(inputs, [count, ...topology.inputShape])
        return tf.softmax(forward(variables, normalise(pixels)).logits).dataSync() as Float32Array
      }),
    dispose: () => tf.dispose(variables),
  }
}
