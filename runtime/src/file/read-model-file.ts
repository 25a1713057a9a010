import { ModelError } from '../model-error.ts'
import { OUTPUT_ACTIVATIONS, type Preprocessing, type TrainedNetwork } from '../network/trained-network.ts'
import { isObject, parseJson } from './json.ts'
import { readSafetensors } from './safetensors.ts'
import { openStoredWeights } from './stored-weights.ts'
import { decompressZstd, isZstd } from './zstd.ts'

/**
 * Reads `model.sparse.safetensors`, `model.sparse.safetensors.zst` or `model.safetensors` of a job. The weights stay in the file until they
 * are read. @throws ModelError
 */
export function readModelFile(bytes: Uint8Array): TrainedNetwork {
  const file = isZstd(bytes) ? decompressZstd(bytes) : bytes
  const { tensors, metadata } = readSafetensors(file)
  const textOf = (key: string) => {
    const text = metadata.get(key)
    if (text === undefined)
      throw new ModelError(`the metadata of the file lack ${key}: it is not a model file of Thresher`)
    return text
  }
  const jsonOf = (key: string) => parseJson(textOf(key), `${key} of the metadata`)
  const layout = textOf('layout')
  if (layout !== 'tensorflow')
    throw new ModelError(`the layout of the file is ${layout}; download it without ?layout=${layout}`)
  return {
    topology: jsonOf('topology'),
    weights: openStoredWeights({ tensors, metadata }, file.length),
    preprocessing: parsePreprocessing(jsonOf('preprocessing')),
    outputActivation: parseActivation(textOf('outputActivation')),
    classes: parseClasses(jsonOf('classes')),
  }
}

function parsePreprocessing(json: unknown): Preprocessing {
  const { scale, mean, std } = isObject(json) ? json : {}
  if (!isNumbers([scale]) || !isNumbers(mean) || !isNumbers(std))
    throw new ModelError('preprocessing of the metadata must have numbers as scale, mean and std')
  return { scale: scale as number, mean, std }
}

function isNumbers(json: unknown): json is number[] {
  return Array.isArray(json) && json.length > 0 && json.every(Number.isFinite)
}

function parseActivation(text: string) {
  const activation = OUTPUT_ACTIVATIONS.find(name => name === text)
  if (activation) return activation
  throw new ModelError(
    `outputActivation of the metadata is ${text}; it must be ${OUTPUT_ACTIVATIONS.join(', ')}`,
  )
}

function parseClasses(json: unknown): string[] {
  if (Array.isArray(json) && json.every(name => typeof name === 'string')) return json
  throw new ModelError('classes of the metadata must be a list of names')
}
