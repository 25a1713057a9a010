/** The facts about a model that the page shows, from the metadata of its file. */
export interface ModelFacts {
  name: string
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
  const metadata = metadataOf(file)
  const { inputShape } = JSON.parse(metadata.topology!) as { inputShape: number[] }
  const { model, dataset } = JSON.parse(metadata.training!) as Training
  // The built-in datasets contain images.
  const { dtype = 'uint8', columns = [], labelColumns = [] } = dataset.upload ?? {}
  return {
    name: model.preset ?? 'Your model',
    inputShape,
    isImage: dtype === 'uint8' && inputShape.length >= 2 && [1, 3].includes(inputShape[2] ?? 1),
    classes: JSON.parse(metadata.classes!),
    columns,
    targets: labelColumns,
    outputActivation: metadata.outputActivation!,
  }
}

/** The header is its length as 64 bits, then JSON. */
function metadataOf(file: Uint8Array): Record<string, string> {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true))
  return JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length))).__metadata__
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1)
}
