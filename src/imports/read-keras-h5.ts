import { randomUUID } from 'node:crypto'
// Not h5wasm/node: links, virtual datasets and external storage of a file would read whatever this host has.
import h5wasm, { Dataset, type ExternalLink, type Group } from 'h5wasm'
import type { Topology } from '#domain/model-spec.ts'
import { statisticsOf, variablesOf } from '#domain/variables.ts'
import { kerasGroups } from '#exports/keras.ts'
import { FormatError } from '#formats/format-error.ts'
import type { FoundTensor } from './found-tensors.ts'
import { readWhole } from './read-whole.ts'

const SIGNATURE = Buffer.from('\x89HDF\r\n\x1a\n', 'latin1')

/** An HDF5 file of Keras that is open. */
export interface KerasFile {
  /** The model's JSON, where a Keras 2 file holds the whole of it. */
  topology: unknown
  tensorsOf(topology: Topology): Map<string, FoundTensor>
}

/**
 * Opens `.weights.h5` of Keras 3, or `.h5` of Keras 2, whole model or weights alone, and gives it to `read`. Nothing of it is
 * evaluated, and it is alone in a file system of its own, in memory. @throws FormatError
 */
export async function withKerasFile<Result>(
  path: string,
  name: string,
  read: (file: KerasFile) => Result,
): Promise<Result> {
  const bytes = await readWhole({ name, path })
  // Asked of what is something else, the library would write to the terminal.
  if (!bytes.subarray(0, SIGNATURE.length).equals(SIGNATURE)) throw new FormatError(`${name} is no HDF5 file`)
  const library = await h5wasm.ready
  // Otherwise what cannot be read is whatever lay in memory before.
  library.activate_throwing_error_handler()
  const { FS: memory } = library
  const copy = `/${randomUUID()}.h5`
  memory.writeFile(copy, bytes)
  const file = open(copy, name)
  try {
    const root = (file.get('model_weights') ?? file) as Group
    const config = textOf(file.attrs.model_config?.value)
    return read({
      topology: config === undefined ? undefined : JSON.parse(config),
      tensorsOf: topology =>
        root.attrs.layer_names ? legacyTensors(root, topology) : keras3Tensors(root, topology, name),
    })
  } catch (error) {
    throw error instanceof FormatError ? error : new FormatError(`${name}: ${(error as Error).message}`)
  } finally {
    file.close()
    memory.unlink(copy)
  }
}

function open(copy: string, name: string) {
  try {
    return new h5wasm.File(copy, 'r')
  } catch {
    // The library's own account is pages long and names its source code.
    throw new FormatError(`${name} is damaged or cut off: HDF5 cannot open it`)
  }
}

/** Keras 3 numbers a layer's variables, in folders named for the layer's class. */
function keras3Tensors(root: Group, topology: Topology, name: string): Map<string, FoundTensor> {
  if (!root.get('layers'))
    throw new FormatError(`${name} has no group "layers": model.save_weights('NAME.weights.h5') writes one`)
  const found = new Map<string, FoundTensor>()
  for (const { group, prefix } of kerasGroups(topology)) {
    for (const [index, variable] of variableNames(topology, prefix).entries()) {
      const path = `layers/${group}/vars/${index}`
      const dataset = root.get(path)
      if (dataset) found.set(variable, tensorOf(dataset as Dataset | ExternalLink, path))
    }
  }
  return found
}

/** Keras 2 lists names: of the layers, and of each layer's variables. */
function legacyTensors(root: Group, topology: Topology): Map<string, FoundTensor> {
  const found = new Map<string, FoundTensor>()
  for (const layer of textsOf(root.attrs.layer_names?.value)) {
    const group = root.get(layer) as Group | null
    const weights = textsOf(group?.attrs.weight_names?.value)
    const own = variableNames(topology, layer)
    for (const [index, weight] of weights.entries()) {
      const dataset = group!.get(weight)
      const variable = own[index]
      if (dataset && variable) found.set(variable, tensorOf(dataset as Dataset | ExternalLink, weight))
    }
  }
  return found
}

/** Those of a layer as Keras orders them: what is trained first. */
function variableNames(topology: Topology, prefix: string): string[] {
  const all = [...variablesOf(topology), ...statisticsOf(topology)].map(({ name }) => name)
  return all.filter(name => name.startsWith(`${prefix}/`))
}

function tensorOf(dataset: Dataset | ExternalLink, source: string): FoundTensor {
  if (!(dataset instanceof Dataset) || dataset.metadata.virtual_sources)
    throw new FormatError(`${source} lies in another file`)
  const value = readValue(dataset, source)
  if (!(value instanceof Float32Array || value instanceof Float64Array))
    throw new FormatError(`${source} holds no float32 or float64`)
  return { shape: dataset.shape ?? [], data: Float32Array.from(value), source }
}

function readValue(dataset: Dataset, source: string): Dataset['value'] {
  try {
    return dataset.value
  } catch {
    throw new FormatError(`${source} cannot be read: it is damaged, or lies in another file`)
  }
}

function textOf(value: unknown): string | undefined {
  if (value instanceof Uint8Array) return new TextDecoder().decode(value)
  return typeof value === 'string' ? value : undefined
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(item => textOf(item) ?? '') : []
}
