import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Warning } from '#domain/event.ts'
import type { ModelRequest, Topology } from '#domain/model-spec.ts'
import { networkOf, readNetwork } from '#domain/network-of.ts'
import { digestWeights, encodeCheckpoint } from '#formats/checkpoint.ts'
import { FormatError } from '#formats/format-error.ts'
import { membersOf } from '#ingest/members.ts'
import type { SourceFile } from '#ingest/source-file.ts'
import { type FoundTensor, weightsFrom } from './found-tensors.ts'
import { notRead } from './not-read.ts'
import { parseModelJson } from './parse-model-json.ts'
import { withKerasFile } from './read-keras-h5.ts'
import { readOptimizerState } from './read-optimizer-state.ts'
import { readSafetensors } from './read-safetensors.ts'
import { readTfjsWeights } from './read-tfjs.ts'
import { readWhole, upTo } from './read-whole.ts'

/** The config.json of a thousand layers has less than a tenth of it. */
const MOST_CONFIG_BYTES = 16 * 1024 ** 2

/** What an upload is to be a model of. */
export interface ModelUpload {
  /** Absent where a file brings it. */
  model?: ModelRequest | undefined
  files: readonly SourceFile[]
  /** gRDA's state. */
  state?: SourceFile | undefined
}

export interface ImportedModel {
  model: ModelRequest
  /** A checkpoint file with the weights, and the optimizer's state if there is one; absent where only a topology came. */
  checkpoint?: string
  hasState: boolean
  /** What the files say and training does otherwise. */
  warnings: readonly Warning[]
}

/**
 * Makes a checkpoint of the weights of an upload. @param folder for it and what it takes to make it
 * @throws FormatError that says which file is wrong, and where; AppError for a model that is not trained here
 */
export async function importModel(
  { model: given, files, state }: ModelUpload,
  folder: string,
): Promise<ImportedModel> {
  const { model, found, hasOptimizer = false } = await readModel(given, files, folder)
  if (!model) throw new FormatError('no file brings a topology: give it in the spec, or a preset')
  const { topology, warnings: ofNetwork } = readNetwork(model)
  const warnings = hasOptimizer && !state ? [...ofNetwork, optimizerLeftOut(files)] : ofNetwork
  const tensors = found?.(topology)
  if (!tensors && !state) return { model, hasState: false, warnings }
  if (!tensors) throw new FormatError('there is an optimizer state, but no weights')
  const { params, statistics } = weightsFrom(topology, tensors)
  const grda = state && readOptimizerState(await readWhole(state), topology)
  const path = join(folder, 'model.safetensors')
  const checkpoint = encodeCheckpoint(
    {
      state: {
        clock: { step: grda?.step ?? 0, ...(grda && { l1: grda.l1, time: 0 }) },
        variables: {
          params,
          ...(statistics.length > 0 && { statistics }),
          ...(grda && { accumulator: grda.accumulator }),
        },
      },
      weights: digestWeights(params),
      epoch: 0,
    },
    { training: '', engine: '' },
  )
  await writeFile(path, checkpoint)
  return { model, checkpoint: path, hasState: grda !== undefined, warnings }
}

function optimizerLeftOut([file]: readonly SourceFile[]): Warning {
  const message = `${file!.name} holds the state of an optimizer, which is not read: a job of this model begins with a new one.`
  return { code: 'optimizer_state_left_out', path: 'file', message }
}

interface ReadModel {
  model?: ModelRequest | undefined
  /** The tensors of a topology; absent where there are none. */
  found?: ((topology: Topology) => Map<string, FoundTensor>) | undefined
  /** Whether there is an optimizer's state, which is not read. */
  hasOptimizer?: boolean
}

async function readModel(
  given: ModelRequest | undefined,
  files: readonly SourceFile[],
  folder: string,
): Promise<ReadModel> {
  const json = files.find(({ name }) => name.endsWith('.json'))
  if (json) return await readTfjs(given, json, files)
  const [file, another] = files
  const saved = files.find(({ name }) => /\.pb$/.test(name))
  if (saved) throw notRead(saved.name)
  if (another) throw new FormatError(`${another.name} is one file too many; TensorFlow.js alone has several`)
  if (!file) return { model: given }
  if (file.name.endsWith('.keras')) return await readKerasArchive(given, file, folder)
  if (/\.(h5|hdf5)$/.test(file.name)) return await readH5(given, file)
  if (!file.name.endsWith('.safetensors')) throw notRead(file.name)
  const bytes = await readWhole(file)
  return { model: given, found: topology => readSafetensors(bytes, topology) }
}

async function readTfjs(
  given: ModelRequest | undefined,
  json: SourceFile,
  files: readonly SourceFile[],
): Promise<ReadModel> {
  const parsed = parseModelJson((await readWhole(json)).toString('utf8'), json.name)
  const shards = new Map<string, Uint8Array>()
  for (const file of files) if (file !== json) shards.set(file.name, await readWhole(file))
  const model = given ?? { topology: parsed }
  if (parsed.weightsManifest === undefined || shards.size === 0) return { model }
  return { model, found: topology => readTfjsWeights(parsed.weightsManifest, shards, topology) }
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
    const tensors = model && tensorsOf(networkOf(model))
    return { model, found: tensors && (() => tensors), hasOptimizer }
  })
}
