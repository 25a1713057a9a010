import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performTraining } from '#test/support/perform-training.ts'
import { openEngine } from '#workers/engine/open-engine.ts'

// Trains the request of argv[2] as a runner does, and writes its `model.sparse.safetensors` to argv[3].

const [request, file] = process.argv.slice(2) as [string, string]
const engine = await openEngine('native')
const scratch = await mkdtemp(join(tmpdir(), 'thresher-bench-'))
const { model, series } = await performTraining(engine, JSON.parse(request), { scratch })
console.log(request, series.at(-1)!.sparsity, series.at(-1)!.validationAccuracy)
await writeFile(file, model)
await rm(scratch, { recursive: true })
