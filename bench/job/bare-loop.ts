import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { JobRequest } from '#domain/training-spec.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { runTask } from '#workers/runner/run-task.ts'
import { warmUp } from '#workers/runner/warm-up.ts'

// A runner without the service: trains the request that it is sent, reports nothing meanwhile, and sends the milliseconds it took.

const engine = await openEngine('native')
await warmUp()
const scratch = await mkdtemp(join(tmpdir(), 'thresher-bench-'))
process.once('message', async request => {
  const { spec } = resolveSpec(JobRequest.parse(request))
  const startedAt = performance.now()
  await runTask({ spec, scratch, series: [] }, engine, new AbortController().signal, async () => {})
  const milliseconds = performance.now() - startedAt
  await rm(scratch, { recursive: true })
  process.send!(milliseconds, () => process.disconnect())
})
process.send!('ready')
