import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BUILT_IN_DATASETS } from '#domain/dataset.ts'
import { topologyOf } from '#domain/topology-of.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { encodeSafetensors } from '#formats/safetensors.ts'
import { initialWeights } from '#network/initializers.ts'
import { permutation, randomStream } from '#network/random.ts'
import { variablesOf } from '#network/variables.ts'
import { scheduleFactor } from '#optimization/schedule-spec.ts'

/**
 * Writes the inputs of PyTorch's training: initial weights, batch order and learning rates.
 *
 * @returns the paths of the files, in the order of torch_lenet.py's arguments
 */
export async function writeLenetInputs(folder: string, spec: TrainingSpec): Promise<string[]> {
  const { optimizer, dataset, seed, epochs, batchSize } = spec
  if (optimizer.name !== 'grda' || !dataset.normalize)
    throw new Error('The spec must use gRDA and a normalised dataset.')
  await mkdir(folder, { recursive: true })
  const files = ['spec.json', 'weights.safetensors', 'order.u32'].map(name => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const [mean, std] = [dataset.normalize.mean[0], dataset.normalize.std[0]]
  const learningRates = Array.from(
    { length: epochs },
    (_, index) =>
      optimizer.learningRate * scheduleFactor(spec.schedule, { step: index + 1, epochs, stepsPerEpoch: 1 }),
  )
  const { learningRate, c, mu } = optimizer
  await writeFile(
    files[0],
    JSON.stringify({ learningRate, c, mu, learningRates, batchSize, epochs, mean, std }),
  )
  await writeFile(files[1], encodeSafetensors(initialTensors(spec), {}))
  const examples = BUILT_IN_DATASETS.get(dataset.id)!.splits.train
  const order = new Uint32Array(epochs * examples)
  for (let epoch = 1; epoch <= epochs; epoch++) {
    order.set(permutation(examples, randomStream(seed, 'shuffle', epoch)), (epoch - 1) * examples)
  }
  await writeFile(files[2], order)
  return files
}

function initialTensors({ model, seed }: TrainingSpec) {
  const topology = topologyOf(model)
  const weights = initialWeights(variablesOf(topology), seed)
  return variablesOf(topology).map(({ name, shape }) => ({
    name,
    shape,
    dtype: 'F32' as const,
    data: weights.get(name)!,
  }))
}
