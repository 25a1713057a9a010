import { randomUUID } from 'node:crypto'
// Not h5wasm/node, at whose import tsx takes 640 MB and two seconds: it has an `import()` for tsx to rewrite, in 4 MB of code.
import h5wasm, { type Group } from 'h5wasm'
import {
  exportedGraph,
  type GraphVariant,
  type Surroundings,
  surroundingsOf,
} from '#formats/exported-graph.ts'
import { modelFacts } from '#formats/model-metadata.ts'
import type { TrainedModel } from '#formats/trained-model.ts'
import { zipFiles } from '#formats/zip.ts'
import { type KerasGroup, kerasGroups } from './keras-groups.ts'
import { functionalConfig } from './layers-config.ts'

/** The version of the format, which later versions also read. */
const KERAS_VERSION = '3.15.1'
/** In elements. Below it, a chunk and its index take more than compression saves. */
const SMALLEST_COMPRESSED = 1024
const CHUNK_ELEMENTS = 65_536

/** A model for `keras.saving.load_model` of Keras 3. It maps examples of the dataset to the outputs of `predict`. */
export async function encodeKeras(model: TrainedModel, variant: GraphVariant = {}): Promise<Uint8Array> {
  const { topology, preprocessing, left } = exportedGraph(model, variant)
  const config = {
    module: 'keras.src.models.functional',
    class_name: 'Functional',
    config: functionalConfig(topology, 'keras', preprocessing),
    registered_name: 'Functional',
  }
  const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
  return zipFiles(
    {
      'metadata.json': text({
        keras_version: KERAS_VERSION,
        thresher: modelFacts(model, left),
      }),
      'config.json': text(config),
      'model.weights.h5': await encodeWeights(model, kerasGroups(topology, preprocessing), left),
    },
    true,
  )
}

/**
 * Weights for `model.load_weights` of Keras 3: `layers/NAME/vars/0` or `layers/NAME/cell/vars/0`, ..., where NAME numbers the layers of a
 * class. Compressed without the shuffle filter, which would separate adjacent zeros.
 */
export async function encodeKerasWeights(model: TrainedModel): Promise<Uint8Array> {
  return await encodeWeights(model, kerasGroups(model.topology), surroundingsOf(model.spec))
}

async function encodeWeights(
  model: TrainedModel,
  groups: readonly KerasGroup[],
  left: Surroundings,
): Promise<Uint8Array> {
  const { FS: memory } = await h5wasm.ready
  const path = `/${randomUUID()}.h5`
  try {
    atTimeZero(() => writeWeights(path, model, groups, left))
    return memory.readFile(path)
  } finally {
    if (memory.analyzePath(path).exists) memory.unlink(path)
  }
}

function writeWeights(
  path: string,
  { weights, statistics, topology, cut, removed }: TrainedModel,
  groups: readonly KerasGroup[],
  { preprocessing, outputActivation }: Surroundings,
): void {
  const file = new h5wasm.File(path, 'w')
  // Keras ignores these attributes.
  file.create_attribute('preprocessing', JSON.stringify(preprocessing))
  file.create_attribute('outputActivation', outputActivation)
  if (cut) file.create_attribute('cut', JSON.stringify(cut))
  // As a data set, because an attribute has at most 64 KiB.
  if (removed) file.create_dataset({ name: 'topology', data: JSON.stringify(topology) })
  const layers = file.create_group('layers')
  for (const { group, prefix, hasCount } of groups) {
    const vars = createGroups(layers, `${group}/vars`)
    vars.create_attribute('name', prefix)
    const variables = [...weights, ...statistics].filter(({ name }) => name.startsWith(`${prefix}/`))
    for (const [index, { data, shape }] of variables.entries())
      vars.create_dataset({
        name: String(index),
        data,
        shape: [...shape],
        ...compression(shape, data.length),
      })
    // The number of examples from which mean and variance were computed, which Keras expects but does not use in a prediction.
    if (hasCount) vars.create_dataset({ name: String(variables.length), data: Int32Array.of(0), shape: [] })
  }
  file.create_group('vars').create_attribute('name', 'model')
  file.close()
}

/** HDF5 stores times, which h5wasm cannot disable, so equal models would produce different files. */
function atTimeZero(write: () => void): void {
  const { now } = Date
  Date.now = () => 0
  try {
    write()
  } finally {
    Date.now = now
  }
}

function compression(shape: readonly number[], size: number) {
  if (size < SMALLEST_COMPRESSED) return undefined
  const rows = Math.max(1, Math.floor((CHUNK_ELEMENTS * shape[0]!) / size))
  return {
    chunks: [Math.min(rows, shape[0]!), ...shape.slice(1)],
    compression: 'gzip' as const,
    compression_opts: [6],
  }
}

function createGroups(parent: Group, path: string): Group {
  return path
    .split('/')
    .reduce((group, name) => (group.get(name) as Group | null) ?? group.create_group(name), parent)
}
