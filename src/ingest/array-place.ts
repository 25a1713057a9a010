import { basename } from 'node:path'
import type { SplitName } from './dataset-writer.ts'

export interface ArrayPlace {
  part: 'x' | 'y'
  split: SplitName
}

const PARTS: Readonly<Record<string, 'x' | 'y'>> = {
  x: 'x',
  data: 'x',
  image: 'x',
  images: 'x',
  feature: 'x',
  features: 'x',
  input: 'x',
  inputs: 'x',
  y: 'y',
  label: 'y',
  labels: 'y',
  target: 'y',
  targets: 'y',
}
const SPLITS: Readonly<Record<string, SplitName>> = {
  train: 'train',
  training: 'train',
  test: 'test',
  testing: 'test',
  val: 'test',
  valid: 'test',
  validation: 'test',
}

/**
 * The content of an array, by its name: `x_train` and `y_test` as in Keras, also `X_train`, `train_images`, `labels` or `Xtest`. A name
 * without a split belongs to the training split. Undefined if the name contains any other word.
 */
export function placeOfArray(name: string): ArrayPlace | undefined {
  const plain = basename(name).replace(/\.npy$/i, '')
  const words = plain
    .toLowerCase()
    .replace(/^([xy])(?=train|test|val)|(?<=^train|^test|^val)(?=[xy]$)/, '$1_')
    .split(/[^a-z0-9]+/)
    .filter(word => word !== '')
  const parts = words.filter(word => Object.hasOwn(PARTS, word))
  const splits = words.filter(word => Object.hasOwn(SPLITS, word))
  if (parts.length !== 1 || splits.length > 1 || parts.length + splits.length !== words.length)
    return undefined
  return { part: PARTS[parts[0]!]!, split: splits[0] === undefined ? 'train' : SPLITS[splits[0]]! }
}
