/** The split that each folder name denotes. */
export type SplitRole = 'train' | 'test' | 'validation'

const ROLES: Readonly<Record<string, SplitRole>> = {
  train: 'train',
  training: 'train',
  test: 'test',
  testing: 'test',
  eval: 'test',
  evaluation: 'test',
  holdout: 'test',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
}
const FILLERS: ReadonlySet<string> = new Set(['set', 'data', 'dataset', 'image', 'images', 'split', 'final'])
/** The endings in `trainset` and `testdata`. */
const SUFFIX = /(set|data|images|split)$/

/** The role of a folder by its name: `Training`, `test_set`, `seg_train`, `TestImages`, `val2017`. Undefined for no role, or for two. */
export function roleOf(name: string): SplitRole | undefined {
  const roles = new Set(wordsOf(name).flatMap(word => ROLES[word] ?? ROLES[word.replace(SUFFIX, '')] ?? []))
  return roles.size === 1 ? [...roles][0] : undefined
}

/** Whether a name denotes a split and nothing else: `test_set` does, `my-test-data` and `test_tube` do not. */
export function isOnlyRole(name: string): boolean {
  return (
    roleOf(name) !== undefined && wordsOf(name).every(word => FILLERS.has(word) || roleOf(word) !== undefined)
  )
}

function wordsOf(name: string): string[] {
  const parted = name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
  return parted.split(/[^a-z]+/).filter(word => word !== '')
}
