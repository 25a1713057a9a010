/** The facts about a model that the page shows, from the metadata of its file. */
export interface ModelFacts {
  name: string
  weights: number
  nonzero: number
  /** Of one example. */
  inputShape: readonly number[]
  /** Whether the numbers of an example are the bytes of pixels. */
  isImage: boolean
  classes: readonly string[]
  /** Names of the numbers of an example, if it is a row of a table. */
  columns: readonly string[]
  /** Names of the outputs of a model without classes, as far as they are known. */
  targets: readonly string[]
  outputActivation: string
}

interface Training {
  model: { preset?: string }
  dataset: { upload?: { dtype: string; columns?: string[]; labelColumns?: string[] } }
}

/** The model file that the page contains. */
export function embeddedModel(): Uint8Array {
  const text = atob(document.getElementById('model')!.textContent!.trim())
  return Uint8Array.from(text, character => character.charCodeAt(0))
}

/** The facts in the header of a model file (docs/sparse-safetensors.md). */
export function factsOf(file: Uint8Array): ModelFacts {
  const { __metadata__: metadata, ...tensors } = headerOf(file)
  const { inputShape } = JSON.parse(metadata.topology!) as { inputShape: number[] }
  const { model, dataset } = JSON.parse(metadata.training!) as Training
  // The built-in datasets contain images.
  const { dtype = 'uint8', columns = [], labelColumns = [] } = dataset.upload ?? {}
  return {
    name: model.preset ?? 'Your model',
    ...countWeights(tensors, JSON.parse(metadata['sparse.tensors']!)),
    inputShape,
    isImage: dtype === 'uint8' && inputShape.length >= 2 && [1, 3].includes(inputShape[2] ?? 1),
    classes: JSON.parse(metadata.classes!),
    columns,
    targets: labelColumns,
    outputActivation: metadata.outputActivation!,
  }
}

type Tensors = Record<string, { shape: readonly number[] }>

/** Its length as 64 bits, then JSON. */
function headerOf(file: Uint8Array): Tensors & { __metadata__: Record<string, string> } {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true))
  return JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)))
}

/** @param sparse the tensors that are stored without their zeros */
function countWeights(stored: Tensors, sparse: Tensors): Pick<ModelFacts, 'weights' | 'nonzero'> {
  const parts = new Set(Object.keys(sparse).flatMap(name => PARTS.map(part => `${name}.${part}`)))
  const dense = Object.entries(stored).filter(([name]) => !parts.has(name))
  const other = sum(dense.map(([, { shape }]) => elementCount(shape)))
  const weights = sum(Object.values(sparse).map(({ shape }) => elementCount(shape)))
  const nonzero = sum(Object.keys(sparse).map(name => elementCount(stored[`${name}.values`]!.shape)))
  return { weights: weights + other, nonzero: nonzero + other }
}

const PARTS = ['values', 'bitmask', 'gaps', 'indices']

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
