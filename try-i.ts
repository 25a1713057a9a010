import { JobRequest } from '#domain/training-spec.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import { loadSplits } from '#workers/data/load-splits.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { train } from '#workers/training/loop.ts'
await openEngine('native', 1)
const optimizer = { name: 'grda', learningRate: 0.3, c: 0.005, mu: 0.6 }
const { spec } = resolveSpec(JobRequest.parse({ model: { preset: 'mnist-mlp' }, optimizer, validation: { fraction: 0.9 }, batchSize: 128, epochs: 40 , earlyStopping: { metric: 'validationLoss', patience: 3 }}))
for await (const n of train(spec, await loadSplits(spec), new AbortController().signal)) if (n.type === 'epoch') console.log(n.metrics.epoch, n.metrics.validationLoss.toFixed(4), n.metrics.validationAccuracy!.toFixed(4), n.metrics.sparsity.toFixed(4))
