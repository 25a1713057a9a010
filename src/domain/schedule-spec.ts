import { z } from 'zod'

const per = z
  .enum(['epoch', 'step'])
  .default('epoch')
  .describe('The unit that the schedule counts in, from 1; a change at e holds from its first step.')
const factor = z.number().positive().max(1000)
const position = z.int().min(1).max(1_000_000_000)

/** How the learning rate moves; the gRDA threshold accumulates under every one of them. */
export const ScheduleSpec = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('constant') }),
  z.strictObject({ name: z.literal('step'), every: position, factor, per }),
  z.strictObject({ name: z.literal('multiStep'), at: z.array(position).min(1).max(1000), factor, per }),
])
export type ScheduleSpec = z.infer<typeof ScheduleSpec>

/**
 * What the schedule multiplies the learning rate by.
 * @param epoch counted from 1
 * @param step counted from 1 over the whole job
 */
export function scheduleFactor(schedule: ScheduleSpec, epoch: number, step: number): number {
  if (schedule.name === 'constant') return 1
  const now = schedule.per === 'epoch' ? epoch : step
  const changes =
    schedule.name === 'step'
      ? Math.floor((now - 1) / schedule.every)
      : schedule.at.filter(change => change <= now).length
  return schedule.factor ** changes
}
