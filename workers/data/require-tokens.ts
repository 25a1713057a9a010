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
  requireSplitTokens(topology, 'train', training)
  requireSplitTokens(topology, 'split' in spec.validation ? spec.validation.split : 'train', validation)
}

/** The same for one split. @param name in the error @throws FormatError */
export function requireSplitTokens(topology: Topology, name: string, { examples, indices }: Split): void {
  const check = tokenChecker(topology)
  if (!check || !('x' in examples)) return
  const size = examples.x.length / examples.count
  for (const row of indices) {
    const wrong = check(examples.x.subarray(row * size, (row + 1) * size))
    if (wrong) throw new FormatError(`${name} row ${row} (from 0), value ${wrong.position}: ${wrong.message}`)
  }
}
