import type { SplitName } from './dataset-writer.ts'

const TEST = /(^|[^a-z0-9])(test|t10k|val|valid|validation)([^a-z]|$)/i

/** A file whose name contains test, t10k or val belongs to the test split; any other belongs to the training split. */
export function splitOf(name: string): SplitName {
  return TEST.test(name) ? 'test' : 'train'
}
