import { setTimeout as pause } from 'node:timers/promises'
import { randomStream } from '#network/random.ts'
import { runnersOf } from '#test/support/runners-of.ts'
import { type Service, startService } from '#test/support/start-service.ts'
import { get, post, watchJob } from '#test/support/watch-job.ts'
import { writeSection } from '#test/support/write-section.ts'

// Whether a job whose runner is killed by SIGKILL at random moments gives the same files as the same job undisturbed:
//   npm run study -- kill-points
// Exits with code 1 if one does not.

const KILLS_PER_JOB = 3
const LONGEST_WAIT_MS = 1_500
const FILES = ['model.sparse.safetensors', 'model.safetensors']
const EPOCHS = 4

const grda = { name: 'grda', learningRate: 0.1, c: 0.005, mu: 0.6 }
const JOBS: Record<string, object> = {
  'grda, constant': { optimizer: grda },
  'grda by time, step': {
    optimizer: { ...grda, clock: 'time', exclude: ['bias'] },
    schedule: { name: 'step', every: 2, factor: 0.1 },
  },
  'sgd, multiStep': {
    optimizer: { name: 'sgd', learningRate: 0.1 },
    schedule: { name: 'multiStep', at: [2, 4], factor: 0.3 },
  },
  'sgd with Nesterov momentum, exponential': {
    optimizer: { name: 'sgd', learningRate: 0.05, momentum: 0.9, nesterov: true },
    schedule: { name: 'exponential', factor: 0.7 },
  },
  'adagrad, cosine by step': {
    optimizer: { name: 'adagrad', learningRate: 0.01 },
    schedule: { name: 'cosine', per: 'step' },
  },
  'adam, linearWarmup then constant': {
    optimizer: { name: 'adam', learningRate: 0.001 },
    // biome-ignore lint/suspicious/noThenProperty: the schedule after the warm-up
    schedule: { name: 'linearWarmup', length: 2, from: 0.1, then: { name: 'constant' } },
  },
  'adam with amsgrad, constant': { optimizer: { name: 'adam', learningRate: 0.001, amsgrad: true } },
  'rmsprop, piecewiseLinear': {
    optimizer: { name: 'rmsprop', learningRate: 0.001, momentum: 0.5 },
    schedule: {
      name: 'piecewiseLinear',
      points: [
        [0.5, 1],
        [0.9, 0.01],
      ],
    },
  },
  'lenet, grda, step by step': {
    model: { preset: 'mnist-lenet' },
    schedule: { name: 'exponential', factor: 0.999, per: 'step' },
    batchSize: 256,
    epochs: 2,
  },
  'lenet with augmentation, grda': {
    model: { preset: 'mnist-lenet' },
    augmentation: ['horizontalFlip', { randomCrop: { padding: 2 } }],
    batchSize: 256,
    epochs: 2,
  },
  'a fraction held out, grda': { optimizer: grda, validation: { fraction: 0.2 }, seed: 7 },
}

interface Outcome {
  job: string
  kills: number
  places: string[]
  isEqual: boolean
}

const random = randomStream(Date.now() % 2 ** 32, 'kills', 1)
const service = await startService()
const outcomes: Outcome[] = []
try {
  for (const [job, fields] of Object.entries(JOBS)) {
    const spec = {
      model: { preset: 'mnist-mlp' },
      epochs: EPOCHS,
      maxRestarts: 100,
      artifacts: ['sparse', 'safetensors'],
      ...fields,
    }
    const undisturbed = await digestsOf(service, await submit(service, spec))
    const id = await submit(service, spec)
    const places = await killRepeatedly(service, id)
    const digests = await digestsOf(service, id)
    outcomes.push({ job, kills: places.length, places, isEqual: digests.join() === undisturbed.join() })
    console.log(outcomes.at(-1))
  }
  await writeSection('Killed at random, resumed, compared bit for bit', report())
} finally {
  await service.stop()
}
process.exit(outcomes.every(({ isEqual }) => isEqual) ? 0 : 1)

async function submit({ url }: Service, spec: object): Promise<string> {
  const { body } = await post(url, '/v1/jobs', spec)
  if (!body.id) throw new Error(JSON.stringify(body))
  return body.id
}

/** Kills the runner, waits until the job trains again, and repeats. @returns the last reported step before each kill */
async function killRepeatedly({ url, pid }: Service, id: string): Promise<string[]> {
  const places: string[] = []
  for (let kill = 1; kill <= KILLS_PER_JOB; kill++) {
    for (;;) {
      const { body: job } = await get(url, `/v1/jobs/${id}`)
      if (job.status === 'succeeded') return places
      const { step, stepsPerEpoch } = job.progress
      if (job.status === 'running' && job.attempt === kill && step % stepsPerEpoch > 0) break
      await pause(20)
    }
    await pause(LONGEST_WAIT_MS * random.next())
    const { body: job } = await get(url, `/v1/jobs/${id}`)
    if (job.status !== 'running') return places
    // This may also kill the warm runner that waits for the next job; the supervisor starts another.
    for (const runner of runnersOf(pid)) process.kill(runner, 'SIGKILL')
    places.push(`${job.progress.step} of ${job.progress.epochs * job.progress.stepsPerEpoch}`)
  }
  return places
}

async function digestsOf({ url }: Service, id: string): Promise<string[]> {
  const { frames } = await watchJob(url, id)
  if (frames.at(-1)?.status !== 'succeeded') throw new Error(`${id} ended ${frames.at(-1)?.status}`)
  const { body } = await get(url, `/v1/jobs/${id}/artifacts`)
  return FILES.map(file => body.data.find(({ name }: { name: string }) => name === file).sha256)
}

function report(): string {
  const kills = outcomes.reduce((sum, outcome) => sum + outcome.kills, 0)
  return [
    `\`npm run study -- kill-points\`: ${outcomes.length} jobs on MNIST, each run once undisturbed and once with its runner killed by SIGKILL at ${KILLS_PER_JOB} random moments; ${kills} kills in all. Equal means that ${FILES.join(' and ')} have the same digests.`,
    '',
    '| job | kills | killed at step | result |',
    '| --- | --- | --- | --- |',
    ...outcomes.map(
      ({ job, kills, places, isEqual }) =>
        `| ${job} | ${kills} | ${places.join(', ')} | ${isEqual ? 'equal' : 'DIFFERENT'} |`,
    ),
  ].join('\n')
}
