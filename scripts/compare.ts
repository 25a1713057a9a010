import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { EpochMetrics } from '#optimization/epoch-metrics.ts'
import { EXPERIMENTS } from './compare/experiments.ts'
import { type Run, renderComparison } from './compare/render.ts'
import { runService } from './demo/run-service.ts'

// npm run compare -- NAME [--epochs N] [--seeds N] [--dataset ID]: repeats one of the comparisons of optimizers in the original README.
// Each run is a job of a service that this script starts; the table and the plots are written to docs/comparisons/.

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    epochs: { type: 'string', default: '20' },
    seeds: { type: 'string', default: '2' },
    dataset: { type: 'string' },
  },
})
const name = positionals[0] ?? ''
const experiment = EXPERIMENTS[name]
if (!experiment) {
  console.error(`npm run compare -- NAME, where NAME is one of: ${Object.keys(EXPERIMENTS).join(', ')}`)
  process.exit(2)
}
const dataset = values.dataset === undefined ? {} : { dataset: { id: values.dataset } }
const service = await runService('.thresher/compare')
try {
  const submitted: { optimizer: string; seed: number; id: string }[] = []
  for (let seed = 1; seed <= Number(values.seeds); seed++) {
    for (const [optimizer, spec] of Object.entries(experiment.optimizers)) {
      const request = {
        ...experiment.base,
        ...dataset,
        name: `${optimizer}, seed ${seed}`,
        optimizer: spec,
        epochs: Number(values.epochs),
        seed,
      }
      const job = await call('/v1/jobs', { method: 'POST', body: JSON.stringify(request) })
      submitted.push({ optimizer, seed, id: job.id })
    }
  }
  const runs: Run[] = []
  for (const { optimizer, seed, id } of submitted) {
    await waitForEnd(id)
    const series: EpochMetrics[] = (await call(`/v1/jobs/${id}/metrics`)).data
    runs.push({ optimizer, seed, series })
    const { validationAccuracy, sparsity } = series.at(-1)!
    console.log(
      `${optimizer}, seed ${seed}: ${(100 * validationAccuracy!).toFixed(2)} %, ${(100 * (1 - sparsity)).toFixed(2)} % not zero`,
    )
  }
  const folder = join('docs', 'comparisons')
  await mkdir(folder, { recursive: true })
  for (const [file, content] of Object.entries(renderComparison(name, experiment, runs, values.dataset)))
    await writeFile(join(folder, file), content)
} finally {
  await service.stop()
}

/** Waits for the job's stream of events to end. */
async function waitForEnd(id: string): Promise<void> {
  const answer = await fetch(`${service.url}/v1/jobs/${id}/events`, {
    headers: { accept: 'text/event-stream' },
  })
  await answer.text()
  const { status, error } = await call(`/v1/jobs/${id}`)
  if (status !== 'succeeded') throw new Error(`${id} has ${status}: ${error?.message}`)
}

// biome-ignore lint/suspicious/noExplicitAny: untyped JSON, as a client receives it
async function call(path: string, init: RequestInit = {}): Promise<any> {
  const answer = await fetch(service.url + path, { headers: { 'content-type': 'application/json' }, ...init })
  const body = await answer.json()
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(body)}`)
  return body
}
