import { basename } from 'node:path'
import { FormatError } from '#formats/format-error.ts'
import type { SplitName } from './dataset-writer.ts'

const TEST = /(^|[^a-z0-9])(test|t10k|val|valid|validation)([^a-z]|$)/i

/** A name that says test, t10k or val is one of the test split; every other is for training. */
export function splitOf(name: string): SplitName {
  return TEST.test(name) ? 'test' : 'train'
}

/** `x` or `y`, and the split, of an array called `x_train` or `y_test`. @throws FormatError for another name */
export function placeOfArray(name: string, source: string): { part: 'x' | 'y'; split: SplitName } {
  const [, part, split] = /^(x|y)_(train|test)$/.exec(basename(name).replace(/\.npy$/, '')) ?? []
  if (!part)
    throw new FormatError(`${source} is called "${name}"; arrays are x_train, y_train, x_test and y_test`)
  return { part: part as 'x' | 'y', split: split as SplitName }
}
