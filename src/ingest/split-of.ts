import type { SplitName } from './dataset-writer.ts'

const TEST = /(^|[^a-z0-9])(test|t10k|val|valid|validation)([^a-z]|$)/i

/** A name that says test, t10k or val is one of the test split; every other is for training. */
export function splitOf(name: string): SplitName {
  return TEST.test(name) ? 'test' : 'train'
}
