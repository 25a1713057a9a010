import type { TrainingSpec } from '#domain/training-spec.ts'
import { FormatError } from '#formats/format-error.ts'
import { tokenChecker } from '#network/tokens.ts'
import type { Topology } from '#network/topology.ts'
import type { Split, Splits } from './examples.ts'

/**
 * Checks all examples before training starts: a token without a row in the embedding would make the engine fail, or silently give a
 * wrong model. @throws FormatError that names split, row, value and layer
 */
export function requireTokens(
  topology: Topology,
  { training, validation }: Splits,
  spec: Pick<TrainingSpec, 'validation'>,
): void {
  const check = tokenChecker(topology)
  if (!check) return
  requireSplit('train', training, check)
  requireSplit('split' in spec.validation ? spec.validation.split : 'train', validation, check)
}

function requireSplit(
  name: string,
  { examples, indices }: Split,
  check: NonNullable<ReturnType<typeof tokenChecker>>,
): void {
  if (!('x' in examples)) return
  const size = examples.x.length / examples.count
  for (const row of indices) {
    const wrong = check(examples.x.subarray(row * size, (row + 1) * size))
    if (wrong) throw new FormatError(`${name} row ${row} (from 0), value ${wrong.position}: ${wrong.message}`)
  }
}
