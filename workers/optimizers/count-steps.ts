import type { Clock } from '#domain/clock.ts'
import type { LearningRate, Optimizer } from './optimizer.ts'

/**
 * The host's part of an optimizer that counts its steps and no more.
 * @param correction what the learning rate is multiplied by in a step, counted from 1
 */
export function countSteps(
  learningRate: LearningRate,
  correction: (step: number) => number = () => 1,
): Pick<Optimizer<Clock>, 'clock' | 'tick'> {
  return {
    clock: { step: 0 },
    tick(clock) {
      const step = clock.step + 1
      return { clock: { step }, scalars: { rate: learningRate(step) * correction(step) } }
    },
  }
}
