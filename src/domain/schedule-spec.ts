import { z } from 'zod'

const per = z
  .enum(['epoch', 'step'])
  .default('epoch')
  .describe('The unit that the schedule counts in, from 1; a change at e holds from its first step.')
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
    floor: z.number().min(0).max(1).default(0).describe('Where the factor would arrive after the last unit.'),
    per,
  }),
  z.strictObject({
    name: z.literal('piecewiseLinear'),
    points: z
      .array(point)
      .min(1)
      .max(1000)
      .refine(points => points.every(([share], i) => i === 0 || share > points[i - 1]![0]), {
        message: 'the shares of the training must ascend',
      })
      .describe('[share of the training, factor]: lines between the points, flat outside.'),
    per,
  }),
] as const
const PlainSchedule = z.discriminatedUnion('name', [...PLAIN_SCHEDULES]).meta({ id: 'PlainSchedule' })
type PlainSchedule = z.infer<typeof PlainSchedule>

/** How the learning rate moves; the gRDA threshold accumulates under every one of them. */
export const ScheduleSpec = z
  .discriminatedUnion('name', [
    ...PLAIN_SCHEDULES,
    z.strictObject({
      name: z.literal('linearWarmup'),
      length: position.describe('Units until the factor is that of `then`.'),
      from: z.number().min(0).max(1).default(0).describe('Share of it in the first unit.'),
      // biome-ignore lint/suspicious/noThenProperty: the field's name is part of the contract, and a spec is never awaited.
      then: PlainSchedule.default({ name: 'constant' }).describe('Counts from the start of the job too.'),
      per,
    }),
  ])
  .meta({ id: 'Schedule' })
export type ScheduleSpec = z.infer<typeof ScheduleSpec>

/** Where a training is. */
export interface Position {
  /** Counted from 1 over the whole job. */
  step: number
  epochs: number
  stepsPerEpoch: number
}

/** Whether the rates of the first epochs depend on how many epochs there are in all. */
export function spansTraining(schedule: ScheduleSpec): boolean {
  if (schedule.name === 'linearWarmup') return spansTraining(schedule.then)
  return schedule.name === 'cosine' || schedule.name === 'piecewiseLinear'
}

/** What the schedule multiplies the learning rate by. */
export function scheduleFactor(schedule: ScheduleSpec, position: Position): number {
  if (schedule.name !== 'linearWarmup') return plainFactor(schedule, position)
  const share = Math.min(1, (unitOf(schedule, position) - 1) / schedule.length)
  return (schedule.from + (1 - schedule.from) * share) * plainFactor(schedule.then, position)
}

function plainFactor(schedule: PlainSchedule, position: Position): number {
  if (schedule.name === 'constant') return 1
  const unit = unitOf(schedule, position)
  const units = position.epochs * (schedule.per === 'epoch' ? 1 : position.stepsPerEpoch)
  switch (schedule.name) {
    case 'step':
      return schedule.factor ** Math.floor((unit - 1) / schedule.every)
    case 'multiStep':
      return schedule.factor ** schedule.at.filter(change => change <= unit).length
    case 'exponential':
      return schedule.factor ** (unit - 1)
    case 'cosine':
      // Loshchilov and Hutter, "SGDR", ICLR 2017, eq. 5, without restarts.
      return schedule.floor + ((1 - schedule.floor) * (1 + Math.cos((Math.PI * (unit - 1)) / units))) / 2
    case 'piecewiseLinear':
      return interpolate(schedule.points, unit / units)
  }
}

/** The epoch or step that it is, from 1. */
function unitOf({ per }: { per: 'epoch' | 'step' }, { step, stepsPerEpoch }: Position): number {
  return per === 'epoch' ? Math.ceil(step / stepsPerEpoch) : step
}

function interpolate(points: readonly (readonly [number, number])[], x: number): number {
  const next = points.findIndex(([share]) => share >= x)
  if (next === -1) return points.at(-1)![1]
  if (next === 0) return points[0]![1]
  const [x0, y0] = points[next - 1]!
  const [x1, y1] = points[next]!
  return y0 + ((y1 - y0) * (x - x0)) / (x1 - x0)
}
