import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { WebSocket } from 'ws'
import { type RunningService, runService } from '#scripts/demo/run-service.ts'
import { median } from '#test/support/median.ts'
import { writeSection } from '#test/support/write-section.ts'

// The overhead of the service: a job through the service and the same training without it, alternating in one run:
//   npm run bench -- job

const ROUNDS = 15
const JOB = { model: { preset: 'mnist-mlp' }, epochs: 3 }

interface Frame {
  type: string
  time?: string
}

const dataDir = await mkdtemp(join(tmpdir(), 'thresher-bench-'))
const service = await runService(dataDir)
try {
  // The first job also warms up the API and the disk.
  await throughService(service)
  const measured: { served: number; bare: number; firstStep: number }[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const bare = await bareLoop()
    measured.push({ bare, ...(await throughService(service)) })
    console.log(measured.at(-1))
  }
  await writeSection('The overhead of the service for a job', report(measured))
} finally {
  await service.stop()
  await rm(dataDir, { recursive: true, force: true })
}

function report(measured: { served: number; bare: number; firstStep: number }[]): string {
  const [served, bare, firstStep] = (['served', 'bare', 'firstStep'] as const).map(key =>
    median(measured.map(round => round[key])),
  ) as [number, number, number]
  return [
    `\`npm run bench -- job\`: 3 epochs of mnist-mlp with a checkpoint and metrics after each; medians of ${ROUNDS} alternating rounds.`,
    '',
    '| | ms |',
    '| --- | --- |',
    `| from \`started\` to \`succeeded\` | ${served.toFixed(0)} |`,
    `| the same training in a separate process, without reporting | ${bare.toFixed(0)} |`,
    `| ratio, median of the rounds | ${median(measured.map(round => round.served / round.bare)).toFixed(3)} |`,
    `| from the submission to the first progress frame, with a warm runner | ${firstStep.toFixed(0)} |`,
  ].join('\n')
}

/** Milliseconds from `started` to `succeeded`, and from the submission to the first progress frame. */
async function throughService({ url }: RunningService): Promise<{ served: number; firstStep: number }> {
  await waitForWarmRunner()
  const submittedAt = performance.now()
  const answer = await fetch(`${url}/v1/jobs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(JOB),
  })
  const { links } = (await answer.json()) as { links: { stream: string } }
  const socket = new WebSocket(`${url.replace('http', 'ws')}${links.stream}`)
  const times = new Map<string, string | undefined>()
  let firstStep = Number.NaN
  await new Promise<void>((resolve, reject) => {
    socket.on('close', () => reject(new Error('The stream ended before the job.')))
    socket.on('message', data => {
      const { type, time }: Frame = JSON.parse(String(data))
      if (type === 'progress' && Number.isNaN(firstStep)) firstStep = performance.now() - submittedAt
      if (!times.has(type)) times.set(type, time)
      if (type === 'end') resolve()
    })
  })
  const served = Date.parse(times.get('succeeded')!) - Date.parse(times.get('started')!)
  return { served, firstStep }
}

/** Waits longer than a runner takes to load its engine and warm up, because the cost of a cold runner is not measured here. */
async function waitForWarmRunner(): Promise<void> {
  await new Promise(resolve => setTimeout(resolve, 4000))
}

async function bareLoop(): Promise<number> {
  const child = fork(fileURLToPath(new URL('./job/bare-loop.ts', import.meta.url)), {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  await once(child, 'message')
  await waitForWarmRunner()
  child.send(JOB)
  const [milliseconds] = await once(child, 'message')
  return milliseconds
}
