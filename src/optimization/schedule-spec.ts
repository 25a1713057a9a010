import { z } from 'zod'

const per = z
  .enum(['epoch', 'step'])
  .default('epoch')
  .describe(
    'The unit in which the schedule counts, from 1. A change at unit e applies from the first step of e.',
  )
const factor = z.number().positive().max(1000)
const position = z.int().min(1).max(1_000_000_000)
const point = z.tuple([z.number().min(0).max(1), z.number().min(0).max(1000)])

const PLAIN_SCHEDULES = [
  z.strictObject({ name: z.literal('constant') }),
  z.strictObject({ name: z.literal('step'), every: position, factor, per }),
  z.strictObject({ name: z.literal('multiStep'), at: z.array(position).min(1).max(1000), factor, per }),
  z.strictObject({ name: z.literal('exponential'), factor, per }),
  z.strictObject({
    name: z.literal('cosine'),
    floor: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe('The factor that the curve reaches one unit after the last.'),
    per,
  }),
  z.strictObject({
    name: z.literal('piecewiseLinear'),
    points: z
      .array(point)
      .min(1)
      .max(1000)
      .refine(points => points.every(([share], i) => i === 0 || share > points[i - 1]![0]), {
        message: 'the shares of the training must be in ascending order',
      })
      .describe('[share of the training, factor]: linear between the points, constant outside them.'),
    per,
  }),
] as const
const PlainSchedule = z.discriminatedUnion('name', [...PLAIN_SCHEDULES]).meta({ id: 'PlainSchedule' })
type PlainSchedule = z.infer<typeof PlainSchedule>

/** How the learning rate changes. A threshold accumulates under each of them. */
export const ScheduleSpec = z
  .discriminatedUnion('name', [
    ...PLAIN_SCHEDULES,
    z.strictObject({
      name: z.literal('linearWarmup'),
      length: position.describe('The number of units until the factor equals that of `then`.'),
      from: z.number().min(0).max(1).default(0).describe('The share of that factor in the first unit.'),
      // biome-ignore lint/suspicious/noThenProperty: the field's name is part of the contract, and a spec is never awaited.
      then: PlainSchedule.default({ name: 'constant' }).describe('It also counts from the start of the job.'),
      per,
    }),
  ])
  .meta({ id: 'Schedule' })
export type ScheduleSpec = z.infer<typeof ScheduleSpec>

/** The position of a step in a training. */
export interface Position {
  /** Counted from 1 over the whole job. */
  step: number
  epochs: number
  stepsPerEpoch: number
}

/** Whether the rates of the first epochs depend on the total number of epochs. */
export function spansTraining(schedule: ScheduleSpec): boolean {
  if (schedule.name === 'linearWarmup') return spansTraining(schedule.then)
  return schedule.name === 'cosine' || schedule.name === 'piecewiseLinear'
}

/** The factor by which the schedule multiplies the learning rate. */
export function scheduleFactor(schedule: ScheduleSpec, position: Position): number {
  if (schedule.name !== 'linearWarmup') return plainFactor(schedule, position)
  const share = Math.min(1, (unitOf(schedule, position) - 1) / schedule.length)
  return (schedule.from + (1 - schedule.from) * share) * plainFactor(schedule.then, position)
}

/** Whether the factor is the same at every step from `first` to `last`, two steps of one training. */
export function isConstantBetween(schedule: ScheduleSpec, first: Position, last: Position): boolean {
  if (schedule.name === 'constant') return true
  const [from, to] = [unitOf(schedule, first), unitOf(schedule, last)]
  if (schedule.name === 'linearWarmup') {
    const isWarm = from === to || from > schedule.length || schedule.from === 1
    return isWarm && isConstantBetween(schedule.then, first, last)
  }
  if (from === to) return true
  const factor = plainFactor(schedule, first)
  // Only piecewiseLinear can leave a value and return to it.
  const between =
    schedule.name === 'piecewiseLinear'
      ? schedule.points.filter(
          ([share]) => share > shareOf(schedule, first) && share < shareOf(schedule, last),
        )
      : []
  return plainFactor(schedule, last) === factor && between.every(([, value]) => value === factor)
}

function plainFactor(schedule: PlainSchedule, position: Position): number {
  if (schedule.name === 'constant') return 1
  const unit = unitOf(schedule, position)
  switch (schedule.name) {
    case 'step':
      return schedule.factor ** Math.floor((unit - 1) / schedule.every)
    case 'multiStep':
      return schedule.factor ** schedule.at.filter(change => change <= unit).length
    case 'exponential':
      return schedule.factor ** (unit - 1)
    case 'cosine':
      // Loshchilov and Hutter, "SGDR", ICLR 2017, eq. 5, without restarts.
      return (
        schedule.floor +
        ((1 - schedule.floor) * (1 + Math.cos((Math.PI * (unit - 1)) / unitsOf(schedule, position)))) / 2
      )
    case 'piecewiseLinear':
      return interpolate(schedule.points, shareOf(schedule, position))
  }
}

/** The number of the epoch or step, from 1. */
function unitOf({ per }: { per: 'epoch' | 'step' }, { step, stepsPerEpoch }: Position): number {
  return per === 'epoch' ? Math.ceil(step / stepsPerEpoch) : step
}

/** The number of units in the whole training. */
function unitsOf({ per }: { per: 'epoch' | 'step' }, { epochs, stepsPerEpoch }: Position): number {
  return per === 'epoch' ? epochs : epochs * stepsPerEpoch
}

/** The share of the training at the end of the unit. */
function shareOf(schedule: { per: 'epoch' | 'step' }, position: Position): number {
  return unitOf(schedule, position) / unitsOf(schedule, position)
}

function interpolate(points: readonly (readonly [number, number])[], x: number): number {
  const next = points.findIndex(([share]) => share >= x)
  if (next === -1) return points.at(-1)![1]
  if (next === 0) return points[0]![1]
  const [x0, y0] = points[next - 1]!
  const [x1, y1] = points[next]!
  return y0 + ((y1 - y0) * (x - x0)) / (x1 - x0)
}
