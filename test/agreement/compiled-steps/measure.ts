import { type Differences, differencesOf } from '#test/agreement/trajectory/differences.ts'
import { nudge } from '#test/agreement/trajectory/perturb.ts'
import { isWithin, TOLERANCE } from '#test/agreement/trajectory/tolerance.ts'
import { type Course, drawStart, type Taken, takeCourse } from '#test/agreement/trajectory/trajectory.ts'
import { median } from '#test/support/median.ts'
import { openEagerProgram } from '#workers/engine/eager-program.ts'
import { openCompiledProgram } from '#workers/engine/native/graph/compiled-program.ts'

export interface Measured {
  /** The compiled steps from those kernel by kernel. */
  compiled: Differences
  /** Where that is much: the compiled steps from themselves, had their first weights been rounded the other way. */
  rounding?: Differences
  /** Whether they gave the same bits again, where that was asked for. */
  repeats?: boolean
  /** Medians of a step. */
  milliseconds: { eager: number; compiled: number }
}

/** On the native engine, which is open. @param twice whether to take the compiled steps again, too */
export function measure(course: Course, twice = false): Measured {
  const start = drawStart(course)
  const eager = takeCourse(openEagerProgram, course, start)
  const compiled = takeCourse(openCompiledProgram, course, start)
  if (eager.digest !== compiled.digest) throw new Error('The same seed gave other batches.')
  const differences = differencesOf(compiled, eager, start)
  return {
    compiled: differences,
    ...(!isWithin(differences, TOLERANCE) && {
      rounding: differencesOf(takeCourse(openCompiledProgram, course, nudge(start)), compiled, start),
    }),
    ...(twice && { repeats: areSame(takeCourse(openCompiledProgram, course, start), compiled) }),
    milliseconds: { eager: median(eager.milliseconds), compiled: median(compiled.milliseconds) },
  }
}

function areSame(taken: Taken, before: Taken): boolean {
  const haveSameBits = (name: string) => {
    const [now, then] = [taken, before].map(({ variables }) => Buffer.from(variables.get(name)!.buffer))
    return now!.equals(then!)
  }
  return (
    taken.digest === before.digest &&
    taken.losses.every((loss, step) => loss === before.losses[step]) &&
    [...before.variables.keys()].every(haveSameBits)
  )
}
