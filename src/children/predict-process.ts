import './end-with-parent.ts'

import { factsOf } from '#domain/dataset.ts'
import { topologyOf } from '#domain/topology-of.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { decodeCheckpoint } from '#formats/checkpoint.ts'
import { FormatError } from '#formats/format-error.ts'
import { modelAt } from '#formats/model-at.ts'
import { trainingText } from '#formats/model-metadata.ts'
import { modelFromCheckpoint } from '#formats/trained-model.ts'
import { openRuntimeModel } from '#interchange/runtime/open-runtime-model.ts'
import { answerTasks } from './answer-tasks.ts'
import { NOT_HELD, type Prediction, type PredictionTask } from './predictor.ts'

// A child of the predictor: predicts with the model that it loaded last, on the sparse runtime.

type Held = Awaited<ReturnType<typeof hold>>

let held: ({ model: string } & Held) | undefined

answerTasks(async ({ model, load, inputs }: PredictionTask): Promise<Prediction> => {
  if (load) {
    held?.network.dispose()
    held = { model, ...(await hold(load)) }
  }
  if (held?.model !== model)
    throw Object.assign(new Error(`The model ${model} is not loaded.`), { name: NOT_HELD })
  const examples = Float32Array.from(await valuesOf(inputs, held.spec))
  return { outputs: held.network.predict(examples) }
})

async function hold({ spec, checkpoint: file, cut }: NonNullable<PredictionTask['load']>) {
  const { checkpoint } = decodeCheckpoint(file, trainingText(spec))
  const model = modelFromCheckpoint(spec, checkpoint)
  return { spec, network: await openRuntimeModel(cut ? modelAt(model, cut) : model) }
}

/** The values of the inputs; for an image, its center at the model's size. @throws FormatError */
async function valuesOf(
  inputs: PredictionTask['inputs'],
  { dataset, model }: TrainingSpec,
): Promise<Uint8Array | Float32Array> {
  if ('x' in inputs) return inputs.x
  const { dtype } = factsOf(dataset)!
  const { inputShape } = topologyOf(model)
  if (inputShape.length < 2 || dtype !== 'uint8')
    throw new FormatError(`the model takes ${dtype} of shape [${inputShape}], not images`)
  const [height, width, channels = 1] = inputShape
  if (channels !== 1 && channels !== 3)
    throw new FormatError(`the model takes ${channels} channels; images have 1 or 3`)
  // The decoders take longer to load than the rest of this program.
  const { decodeMiddle } = await import('#formats/image.ts')
  const decoded = inputs.images.map(({ name, bytes }) =>
    decodeMiddle(bytes, [height!, width!], channels, name),
  )
  return Buffer.concat((await Promise.all(decoded)).map(({ data }) => data))
}
