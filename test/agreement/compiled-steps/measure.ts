import { type Differences, differencesOf } from '#test/agreement/trajectory/differences.ts'
import { perturb } from '#test/agreement/trajectory/perturb.ts'
import { areRounding } from '#test/agreement/trajectory/tolerance.ts'
import {
  drawInitialValues,
  runTrajectory,
  type Trajectory,
  type TrajectorySpec,
} from '#test/agreement/trajectory/trajectory.ts'
import { median } from '#test/support/median.ts'
import { openEagerProgram } from '#workers/engine/eager-program.ts'
import { openCompiledProgram } from '#workers/engine/native/graph/compiled-program.ts'

export interface Measurement {
  /** The compiled trajectory compared with the eager one. */
  compiled: Differences
  /** The perturbed compiled trajectory compared with the compiled one. Only measured if `compiled` exceeds the tolerance. */
  rounding?: Differences
  /** Whether a second compiled trajectory had the same bits. Only measured on request. */
  repeats?: boolean
  /** Median duration of a step. */
  milliseconds: { eager: number; compiled: number }
}

/** Measures on the native engine, which must be open. @param repeat whether to run the compiled trajectory a second time */
export function measure(spec: TrajectorySpec, repeat = false): Measurement {
  const initial = drawInitialValues(spec)
  const eager = runTrajectory(openEagerProgram, spec, initial)
  const compiled = runTrajectory(openCompiledProgram, spec, initial)
  if (eager.digest !== compiled.digest) throw new Error('The same seed gave different batches.')
  const differences = differencesOf(compiled, eager, initial)
  return {
    compiled: differences,
    ...(!areRounding(differences) && {
      rounding: differencesOf(runTrajectory(openCompiledProgram, spec, perturb(initial)), compiled, initial),
    }),
    ...(repeat && { repeats: areSame(runTrajectory(openCompiledProgram, spec, initial), compiled) }),
    milliseconds: { eager: median(eager.milliseconds), compiled: median(compiled.milliseconds) },
  }
}

/** Whether the compiled trajectory differs from the eager one by rounding only, and repeats if that was measured. */
export function agrees({ compiled, rounding, repeats }: Measurement): boolean {
  return repeats !== false && areRounding(compiled, rounding)
}

function areSame(second: Trajectory, first: Trajectory): boolean {
  const haveSameBits = (name: string) => {
    const [now, then] = [second, first].map(({ variables }) => Buffer.from(variables.get(name)!.buffer))
    return now!.equals(then!)
  }
  return (
    second.digest === first.digest &&
    second.losses.every((loss, step) => loss === first.losses[step]) &&
    [...first.variables.keys()].every(haveSameBits)
  )
}
