import assert from 'node:assert/strict'
import { parseByZod } from '#interchange/parse-by-zod.ts'
import { type Random, randomStream } from '#network/random.ts'
import { type Advanced, advanceSweep, type SweepAction, startSweep } from '#sweeps/advance-sweep.ts'
import type { SweepEvent } from '#sweeps/apply-event.ts'
import { checkSweep } from '#sweeps/check-sweep.ts'
import { SweepRequest } from '#sweeps/sweep-request.ts'
import type { SweepState } from '#sweeps/sweep-state.ts'

type Spec = Readonly<Record<string, unknown>>
/** The fields of a spec that a surface looks at. */
interface Tried {
  optimizer: { name: string; learningRate: number; c?: number; mu?: number }
  schedule?: { factor: number }
}
type Measures = Partial<
  Record<'validationAccuracy' | 'validationLoss' | 'trainLoss' | 'sparsity' | 'sparseBytes', number>
>

/** What a job of this spec measures after an epoch; `diverged` fails the job. */
export type Surface = (spec: Tried, epoch: number) => Measures | 'diverged'

export interface SimulatedJob {
  jobId: string
  trial: number
  spec: Spec
  firstEpoch: number
  epoch: number
  epochs: number
  isCancelled: boolean
  status: 'running' | 'succeeded' | 'failed' | 'cancelled'
}

export interface Simulation {
  state: SweepState
  jobs: SimulatedJob[]
  actions: SweepAction[]
}

interface Options {
  seed?: number
  /** How likely a job is to be the next one that completes an epoch. */
  speedOf?: (spec: Tried) => number
  /** Cancels the sweep after so many events. */
  cancelAfter?: number
  /** Sees every event and what followed from it, and the job that the event is about. */
  onAdvance?: (event: SweepEvent, advanced: Advanced, job: SimulatedJob | undefined) => void
}

/** The request as the API would have it. @throws AppError */
export function parseSweep(body: object): SweepRequest {
  const request = parseByZod(SweepRequest, body)
  checkSweep(request)
  return request
}

/**
 * Runs a sweep on jobs that measure what the surface says, one epoch of a random job at a time. Around every event it checks what
 * holds for every sweep: the state survives storage, a repeated event changes nothing, and the window is kept.
 */
export function simulateSweep(body: object, surface: Surface, options: Options = {}): Simulation {
  const started = startSweep(parseSweep(body))
  const simulation = { state: started.state, jobs: [], actions: [] }
  return continueSimulation(simulation, started, surface, options)
}

/** The same for a sweep that was cancelled and is resumed. */
export function resumeSimulation(
  simulation: Simulation,
  surface: Surface,
  options: Options = {},
): Simulation {
  return continueSimulation(simulation, tell(simulation.state, { type: 'resumed' }), surface, options)
}

function continueSimulation(simulation: Simulation, first: Advanced, surface: Surface, options: Options) {
  const { seed = 1, speedOf = () => 1, cancelAfter = Number.POSITIVE_INFINITY } = options
  const random = randomStream(seed, 'simulation')
  const queue: SweepEvent[] = []
  const take = ({ state, actions }: Advanced) => {
    simulation.state = state
    for (const action of actions) {
      simulation.actions.push(action)
      carryOut(action, simulation, queue)
    }
  }
  take(first)
  for (let events = 0; ; events++) {
    if (events === cancelAfter) queue.unshift({ type: 'cancelled' })
    const event = queue.shift() ?? advanceJob(simulation.jobs, surface, random, speedOf)
    if (!event) return simulation
    const advanced = tell(simulation.state, event)
    options.onAdvance?.(event, advanced, jobOf(event, simulation.jobs))
    take(advanced)
    assert.ok(running(simulation.jobs).length <= simulation.state.request.maxConcurrent)
  }
}

function jobOf(event: SweepEvent, jobs: readonly SimulatedJob[]): SimulatedJob | undefined {
  return 'jobId' in event ? jobs.find(({ jobId }) => jobId === event.jobId) : undefined
}

/** Advances a stored copy of the state, and checks that it gives the same and that a second time gives nothing. */
function tell(state: SweepState, event: SweepEvent): Advanced {
  const advanced = advanceSweep(state, event)
  assert.deepEqual(advanceSweep(stored(state), stored(event)), advanced)
  assert.deepEqual(stored(advanced.state), advanced.state)
  assert.deepEqual(advanceSweep(advanced.state, event), { state: advanced.state, actions: [] })
  return advanced
}

function stored<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value))
}

function carryOut(action: SweepAction, { jobs, state }: Simulation, queue: SweepEvent[]): void {
  if (action.type === 'finish') return
  if (action.type === 'cancel') {
    jobs.find(({ jobId }) => jobId === action.jobId)!.isCancelled = true
    return
  }
  const jobId = `job_${jobs.length}`
  const job = action.type === 'submit' ? newJob(action.spec, state) : continuedJob(action, jobs)
  jobs.push({ ...job, jobId, trial: action.trial, isCancelled: false, status: 'running' })
  queue.push({ type: 'trialSubmitted', trial: action.trial, jobId })
}

type Work = Pick<SimulatedJob, 'spec' | 'firstEpoch' | 'epoch' | 'epochs'>

function newJob(spec: Spec, { request }: SweepState): Work {
  return { spec, firstEpoch: 1, epoch: 0, epochs: (spec.epochs ?? request.base.epochs) as number }
}

/** A job that starts from the last epoch of another. */
function continuedJob(
  { jobId, epochs }: SweepAction & { type: 'promote' },
  jobs: readonly SimulatedJob[],
): Work {
  const source = jobs.find(job => job.jobId === jobId)!
  const { spec, epoch } = source
  return { spec, firstEpoch: epoch + 1, epoch, epochs: epochs ?? source.epochs }
}

function running(jobs: readonly SimulatedJob[]): SimulatedJob[] {
  return jobs.filter(({ status }) => status === 'running')
}

/** An epoch of a job, or its end. */
function advanceJob(
  jobs: readonly SimulatedJob[],
  surface: Surface,
  random: Random,
  speedOf: (spec: Tried) => number,
): SweepEvent | undefined {
  const candidates = running(jobs)
  const weights = candidates.map(({ spec }) => speedOf(spec as unknown as Tried))
  let rest = random.next() * weights.reduce((sum, weight) => sum + weight, 0)
  const job = candidates.find((_, index) => {
    rest -= weights[index]!
    return rest < 0
  })
  return job && advance(job, surface)
}

function advance(job: SimulatedJob, surface: Surface): SweepEvent {
  const { trial, jobId } = job
  const end = (status: 'succeeded' | 'failed' | 'cancelled'): SweepEvent => {
    job.status = status
    return { type: 'trialEnded', trial, jobId, status, hasDiverged: status === 'failed' }
  }
  if (job.isCancelled) return end('cancelled')
  if (job.epoch === job.epochs) return end('succeeded')
  const measures = surface(job.spec as unknown as Tried, job.epoch + 1)
  if (measures === 'diverged') return end('failed')
  job.epoch++
  return { type: 'trialEpoch', trial, jobId, metrics: { epoch: job.epoch, ...measures } }
}
