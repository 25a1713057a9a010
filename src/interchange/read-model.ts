import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Warning } from '#domain/event.ts'
import type { ModelRequest } from '#domain/model-spec.ts'
import { FormatError } from '#formats/format-error.ts'
import { membersOf } from '#ingest/members.ts'
import type { SourceFile } from '#ingest/source-file.ts'
import { type Network, resolveNetwork } from '#network/network.ts'
import type { FoundTensors } from './found-tensors.ts'
import { withKerasFile } from './keras/read-keras-h5.ts'
import { listed } from './keras/word.ts'
import { networkOf } from './network-of.ts'
import { notRead } from './not-read.ts'
import { parseModelJson } from './parse-model-json.ts'
import { readSafetensors } from './read-safetensors.ts'
import { readWhole, upTo } from './read-whole.ts'
import { readTfjsWeights } from './tfjs/read-tfjs.ts'

/** Ten times the size of a config.json with a thousand layers. */
const MOST_CONFIG_BYTES = 16 * 1024 ** 2

/** The content of the files of an upload. */
export interface ReadModel {
  /** Absent if no file contains a network and none was given. */
  model?: ModelRequest | undefined
  /** The tensors that belong to a network; absent if there are no weights. */
  found?: ((network: Network) => FoundTensors) | undefined
  warnings: Warning[]
}

/**
 * Reads the files of an upload. @param given the network, if the files contain weights only @param folder for temporary files @throws
 * FormatError that names the wrong file
 */
export async function readModel(
  given: ModelRequest | undefined,
  files: readonly SourceFile[],
  folder: string,
): Promise<ReadModel> {
  const saved = files.find(({ name }) => name.endsWith('.pb'))
  if (saved) throw notRead(saved.name)
  const json = files.find(({ name }) => name.endsWith('.json'))
  const [file, another] = files.filter(one => one !== json)
  if (json) {
    const parsed = parseModelJson((await readWhole(json)).toString('utf8'), json.name)
    const { weightsManifest: manifest } = parsed
    const model = given ?? { topology: parsed }
    if (manifest === undefined && file && !another && isWeights(file)) return await readWeights(model, file)
    return await readTfjs(model, { name: json.name, manifest }, files)
  }
  if (another)
    throw new FormatError(
      `${another.name} is one file too many: only a TensorFlow.js model consists of several files`,
    )
  if (!file) return { model: given, warnings: [] }
  if (file.name.endsWith('.keras')) return await readKerasArchive(given, file, folder)
  return await readWeights(given, file)
}

const H5 = /\.(h5|hdf5)$/

function isWeights({ name }: SourceFile): boolean {
  return H5.test(name) || name.endsWith('.safetensors')
}

async function readWeights(given: ModelRequest | undefined, file: SourceFile): Promise<ReadModel> {
  if (!isWeights(file)) throw notRead(file.name)
  if (H5.test(file.name)) return await readH5(given, file)
  const bytes = await readWhole(file)
  return { model: given, found: network => readSafetensors(bytes, file.name, network), warnings: [] }
}

async function readTfjs(
  model: ModelRequest,
  { name, manifest }: { name: string; manifest: unknown },
  files: readonly SourceFile[],
): Promise<ReadModel> {
  const shards = new Map<string, Uint8Array>()
  for (const file of files) if (file.name !== name) shards.set(file.name, await readWhole(file))
  const others = listed([...shards.keys()])
  if (manifest === undefined && shards.size > 0)
    throw new FormatError(`${name} has no weightsManifest, which describes the content of ${others}`)
  if (manifest === undefined) return { model, warnings: [] }
  if (shards.size > 0)
    return { model, found: network => readTfjsWeights(manifest, shards, network), warnings: [] }
  const message = `${name} has weights in other files, which were not uploaded: the model has no weights.`
  return { model, warnings: [{ code: 'weights_left_out', path: 'file', message }] }
}

async function readKerasArchive(
  given: ModelRequest | undefined,
  file: SourceFile,
  folder: string,
): Promise<ReadModel> {
  const json = new Map<string, Record<string, unknown>>()
  const weights = join(folder, 'weights.h5')
  let hasWeights = false
  for await (const { name, source, content } of membersOf([file])) {
    if (name === 'config.json' || name === 'metadata.json') {
      const pieces: Uint8Array[] = []
      for await (const piece of upTo(content, source, MOST_CONFIG_BYTES)) pieces.push(piece)
      json.set(name, parseModelJson(Buffer.concat(pieces).toString('utf8'), source))
    } else if (name === 'model.weights.h5') {
      await writeFile(weights, upTo(content, source))
      hasWeights = true
    }
  }
  const config = json.get('config.json')
  if (!config || !hasWeights)
    throw new FormatError(`${file.name} has no config.json and model.weights.h5: Keras 3 writes both`)
  const { keras_version: version } = json.get('metadata.json') ?? {}
  const topology = { ...(version !== undefined && { keras_version: version }), ...config }
  return await readH5(given ?? { topology }, { name: file.name, path: weights })
}

async function readH5(given: ModelRequest | undefined, { name, path }: SourceFile): Promise<ReadModel> {
  return await withKerasFile(path, name, ({ topology, hasOptimizer, tensorsOf }) => {
    const model = given ?? (topology && { topology })
    const tensors = model && tensorsOf(resolveNetwork(networkOf(model)))
    return {
      model,
      found: tensors && (() => tensors),
      warnings: hasOptimizer ? [optimizerLeftOut(name)] : [],
    }
  })
}

function optimizerLeftOut(name: string): Warning {
  const message = `${name} contains the state of an optimizer, which is not read: jobs start with a new state.`
  return { code: 'optimizer_state_left_out', path: 'file', message }
}
