import { randomUUID } from 'node:crypto'
// Not h5wasm/node: links, virtual datasets and external storage of a file would read whatever this host has.
import h5wasm, { type Dataset, type ExternalLink, type File, Group } from 'h5wasm'
import { AppError } from '#domain/error.ts'
import { BROKE_LIBRARY, blameFile } from '#formats/blame-file.ts'
import { FormatError } from '#formats/format-error.ts'
import type { FoundTensor, FoundTensors } from '#interchange/found-tensors.ts'
import { parseModelJson } from '#interchange/parse-model-json.ts'
import { readWhole } from '#interchange/read-whole.ts'
import type { Network } from '#network/network.ts'
import { kerasGroups } from './keras-groups.ts'
import { layerNameFromKeras } from './names.ts'
import { isOfFloats, readH5Dataset, textOf } from './read-h5-dataset.ts'

const SIGNATURE = Buffer.from('\x89HDF\r\n\x1a\n', 'latin1')

/** An open HDF5 file of Keras. */
export interface KerasFile {
  /** The model's JSON, if a Keras 2 file contains a whole model. */
  topology: Record<string, unknown> | undefined
  /** Whether it contains an optimizer's state, which is not read. */
  hasOptimizer: boolean
  tensorsOf(network: Network): FoundTensors
}

/**
 * Opens `.weights.h5` of Keras 3, or `.h5` of Keras 2, with a whole model or its weights only, and passes it to `read`. No content is
 * executed, and the file is alone in an in-memory file system. @throws FormatError
 */
export async function withKerasFile<Result>(
  path: string,
  name: string,
  read: (file: KerasFile) => Result,
): Promise<Result> {
  const bytes = await readWhole({ name, path })
  // Given any other file, the library writes to the terminal.
  if (!bytes.subarray(0, SIGNATURE.length).equals(SIGNATURE))
    throw new FormatError(`${name} is not an HDF5 file`)
  const library = await h5wasm.ready
  // Otherwise an unreadable dataset would silently return uninitialized memory.
  library.activate_throwing_error_handler()
  const { FS: memory } = library
  const copy = `/${randomUUID()}.h5`
  memory.writeFile(copy, bytes)
  const file = open(copy, name, () => memory.unlink(copy))
  try {
    const root = groupAt(file, 'model_weights') ?? file
    return read({
      topology: topologyIn(file, name),
      hasOptimizer: ['optimizer', 'optimizer_weights'].some(group => groupAt(file, group)),
      tensorsOf: network =>
        root.attrs.layer_names || root.attrs.layer_names0
          ? legacyTensors(root, network)
          : keras3Tensors(root, network, name),
    })
  } catch (error) {
    // A mistake in the network, which `read` also reads.
    if (error instanceof AppError) throw new FormatError(`${name}: ${error.message}`)
    throw blameFile(error, `${name} is damaged, or is not an HDF5 file that Keras writes`, BROKE_LIBRARY)
  } finally {
    closeQuietly(file)
    memory.unlink(copy)
  }
}

function open(copy: string, name: string, forget: () => void) {
  try {
    return new h5wasm.File(copy, 'r')
  } catch (error) {
    forget()
    // The library's message is pages long and quotes its source code.
    throw blameFile(error, `${name} is damaged or cut off: HDF5 cannot open it`, BROKE_LIBRARY)
  }
}

/** Closing may also fail for a file that the library could not read. */
function closeQuietly(file: File): void {
  try {
    file.close()
  } catch {}
}

/** A Keras 2 file stores the version next to the model. */
function topologyIn(file: File, name: string): Record<string, unknown> | undefined {
  const config = textOf(file.attrs.model_config?.value)
  if (config === undefined) return undefined
  const version = textOf(file.attrs.keras_version?.value)
  return {
    ...(version !== undefined && { keras_version: version }),
    ...parseModelJson(config, `${name}: model_config`),
  }
}

/** Keras 3 numbers a layer's variables, in folders named for the layer's class. */
function keras3Tensors(root: Group, network: Network, name: string): FoundTensors {
  // The last versions of Keras 2 use another name.
  const layers = ['layers', '_layer_checkpoint_dependencies'].find(group => groupAt(root, group))
  if (!layers)
    throw new FormatError(`${name} has no group "layers": model.save_weights('NAME.weights.h5') writes one`)
  const found = new Map<string, FoundTensor>()
  for (const { group, prefix } of kerasGroups(network.topology)) {
    for (const [index, variable] of variableNames(network, prefix).entries()) {
      const path = `${layers}/${group}/vars/${index}`
      const dataset = root.get(path)
      if (dataset) found.set(variable, readH5Dataset(dataset as Dataset | ExternalLink, path))
    }
  }
  return { tensors: found, names: floatsIn(groupAt(root, layers)!, layers) }
}

/** The paths of all float datasets. Links may form cycles; Keras writes no deeper levels. */
function floatsIn(group: Group, path: string, levels = 6): string[] {
  return group.keys().flatMap(key => {
    const [inner, place] = [group.get(key), `${path}/${key}`]
    if (inner instanceof Group) return levels > 0 ? floatsIn(inner, place, levels - 1) : []
    return isOfFloats(inner) ? [place] : []
  })
}

/** Keras 2 lists the names of the layers, and of each layer's variables. */
function legacyTensors(root: Group, network: Network): FoundTensors {
  const found = new Map<string, FoundTensor>()
  const names: string[] = []
  for (const layer of namesIn(root, 'layer_names')) {
    const group = groupAt(root, layer)
    const weights = group ? namesIn(group, 'weight_names') : []
    const own = variableNames(network, layerNameFromKeras(layer))
    for (const [index, weight] of weights.entries()) {
      const dataset = group!.get(weight)
      const variable = own[index]
      if (isOfFloats(dataset)) names.push(weight)
      if (dataset && variable) found.set(variable, readH5Dataset(dataset as Dataset | ExternalLink, weight))
    }
  }
  return { tensors: found, names }
}

/** The names of a layer's variables in Keras's order: trainable ones first. */
function variableNames({ variables, statistics }: Network, prefix: string): string[] {
  const all = [...variables, ...statistics].map(({ name }) => name)
  return all.filter(name => name.startsWith(`${prefix}/`))
}

/** A list of names. Keras splits one that is too long for an attribute: `layer_names0`, `layer_names1`, ... */
function namesIn({ attrs }: Group, list: string): string[] {
  const parts: unknown[] = [attrs[list]?.value]
  for (let part = 0; attrs[`${list}${part}`]; part++) parts.push(attrs[`${list}${part}`]!.value)
  return parts.flatMap(names => (Array.isArray(names) ? names.map(name => textOf(name) ?? '') : []))
}

function groupAt(parent: Group, path: string): Group | undefined {
  const found = path === '' ? undefined : parent.get(path)
  return found instanceof Group ? found : undefined
}
