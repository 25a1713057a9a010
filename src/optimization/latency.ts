import { z } from 'zod'

const milliseconds = z.number().positive()

/** The time that one prediction of a batch takes on one thread. */
export const Timing = z
  .object({
    batchSize: z.int().describe('Examples of one prediction.'),
    denseMilliseconds: milliseconds.describe('With every weight, as the median of the rounds.'),
    sparseMilliseconds: milliseconds.describe(
      'Without the zeros where that is faster, as the median of the same rounds.',
    ),
  })
  .meta({ id: 'Timing' })
export type Timing = z.infer<typeof Timing>

/** How long the predictions of a model take on one machine, dense beside sparse, with the same runtime. */
export const Latency = z
  .object({
    processor: z.string().describe('As the operating system names it.'),
    backend: z.string().describe('The kernels of the runtime that predicted.'),
    threads: z.int(),
    timings: z.array(Timing),
  })
  .meta({ id: 'Latency' })
export type Latency = z.infer<typeof Latency>

/** Where predictions were timed. */
export type TimedOn = Omit<Latency, 'timings'>
