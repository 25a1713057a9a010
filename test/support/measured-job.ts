import request from 'supertest'
import { encodeCheckpoint } from '#formats/checkpoint.ts'
import { cuttableModel, nonzeroAt, sparseModelSize } from '#formats/cut-model.ts'
import { cutTo } from '#formats/model-at.ts'
import { trainingText } from '#formats/model-metadata.ts'
import { modelFromCheckpoint } from '#formats/trained-model.ts'
import type { CutRule } from '#optimization/cut.ts'
import { markPareto, type TimedCuts, type Tradeoff } from '#optimization/tradeoff.ts'
import { addArtifact, appendEvent, epochMetrics, startJob } from './drive-job.ts'
import { recordOf } from './record.ts'
import type { Api } from './start-api.ts'

export const MEASURED_REQUEST = {
  model: { preset: 'mnist-mlp' },
  optimizer: { name: 'grda', learningRate: 0.1, c: 0.005, mu: 0.6 },
  epochs: 1,
}
export const STEP = 469

/** The record of a model with 31 % of zeros. */
export const RECORD = recordOf('mnist-mlp', 0.02)

/** A trade-off with invented metrics and with the sizes that the files have. */
export function tradeoffOf(spec: typeof RECORD.spec): Tradeoff {
  const model = modelFromCheckpoint(spec, RECORD.checkpoint!)
  const points = (['magnitude', 'threshold'] as const).flatMap(rule => {
    const curve = { rule, scope: 'global' } as const
    const cuttable = cuttableModel(model, curve)
    return [0.9, 0.95].map((sparsity, index) => {
      const cut = cutTo(cuttable, curve, nonzeroAt(sparsity, cuttable.parameters))
      const validationAccuracy = (rule === 'magnitude' ? 0.97 : 0.96) - index / 20
      const sizeBytes = { sparse: sparseModelSize(cut), zst: 1000 * (2 - index) }
      return { ...cut.cut, sizeBytes, validationAccuracy, validationLoss: 1 - validationAccuracy }
    })
  })
  const sizeBytes = { sparse: sparseModelSize(model), zst: 3000 }
  const curve = { rule: 'magnitude', scope: 'global' } as const
  const own = { ...curve, sparsity: 0.31, nonzero: 280_000, sizeBytes, own: true } as const
  return {
    step: STEP,
    parameters: 407_050,
    points: markPareto([{ ...own, validationAccuracy: 0.975, validationLoss: 0.025 }, ...points]),
  }
}

/** The checkpoint of the record, for a job with this spec. */
export function checkpointOf(spec: typeof RECORD.spec, epoch: number): Uint8Array {
  return encodeCheckpoint({ ...RECORD.checkpoint!, epoch }, { training: trainingText(spec), engine: 'test' })
}

/**
 * A job that has succeeded with the model of the record.
 * @param measured whether its trade-off was measured, or by which rule alone
 * @param timed the times of its model and its cuts
 * @returns its id
 */
export async function measuredJob(
  { stores, url }: Api,
  measured: boolean | CutRule,
  timed: TimedCuts = {},
): Promise<string> {
  const { body } = await request(url).post('/v1/jobs').send(MEASURED_REQUEST).expect(201)
  await startJob(stores, body.id)
  const { spec } = await stores.jobs.require(body.id)
  const stored = await stores.blobs.put(body.id, [checkpointOf(spec, 1)])
  const scores = { validationAccuracy: 0.975, validationLoss: 0.025 }
  await appendEvent(stores, body.id, 'epoch', epochMetrics(1, scores))
  await appendEvent(stores, body.id, 'checkpointed', { epoch: 1, step: STEP, ...scores, ...stored })
  if (measured !== false) {
    const whole = tradeoffOf(spec)
    const points = whole.points.filter(({ rule }) => measured === true || rule === measured)
    const tradeoff = JSON.stringify({ ...whole, points })
    await addArtifact(stores, body.id, 'tradeoff.json', Buffer.from(tradeoff))
  }
  await appendEvent(stores, body.id, 'succeeded', timed)
  return body.id
}
