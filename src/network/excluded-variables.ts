import { z } from 'zod'
import type { Variable } from './variables.ts'

/** Variables by kind, by layer or by name: see `isExcluded`. */
export const ExcludedVariables = z.array(z.string().min(1).max(200)).max(1000).default([])

/** Whether one of `words` names the variable: its layer, `bias` for every bias, or `batchNorm` for every gamma and beta. */
export function isExcluded(
  { name, kind }: Pick<Variable, 'name' | 'kind'>,
  words: readonly string[],
): boolean {
  const isNormalisation = kind === 'gamma' || kind === 'beta'
  return words.some(
    word =>
      word === kind ||
      word === name ||
      name.startsWith(`${word}/`) ||
      (word === 'batchNorm' && isNormalisation),
  )
}
