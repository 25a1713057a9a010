import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { EXPERIMENTS } from '#scripts/compare/experiments.ts'
import { renderComparison } from '#scripts/compare/render.ts'
import { type Service, startService } from '#test/support/start-service.ts'
import { type Frame, get, post, watchJob } from '#test/support/watch-job.ts'

const STAND_IN = 'synthetic-cifar10'
/** Of guessing one of ten classes. */
const GUESS = Math.log(10)

let service: Service
before(async () => {
  service = await startService()
})
after(() => service.stop())

/** An epoch over a tenth of the stand-in, in batches of ten as the original's. */
async function train(optimizer: object): Promise<Frame[]> {
  const { status, body } = await post(service.url, '/v1/jobs', {
    ...EXPERIMENTS.cifar10!.base,
    dataset: { id: STAND_IN },
    validation: { fraction: 0.9 },
    optimizer,
    epochs: 1,
  })
  assert.equal(status, 201, JSON.stringify(body))
  await watchJob(service.url, body.id)
  const { status: end, error } = (await get(service.url, `/v1/jobs/${body.id}`)).body
  assert.equal(end, 'succeeded', JSON.stringify(error))
  return (await get(service.url, `/v1/jobs/${body.id}/metrics`)).body.data
}

it("every optimizer of the README's CIFAR-10 figure trains, and gRDA prunes the more the larger mu", async () => {
  const runs = []
  for (const [optimizer, spec] of Object.entries(EXPERIMENTS.cifar10!.optimizers))
    runs.push({ optimizer, seed: 1, series: (await train(spec)) as never[] })
  const last = new Map<string, Frame>(runs.map(({ optimizer, series }) => [optimizer, series.at(-1)!]))
  const lossOf = (optimizer: string): number => last.get(optimizer)!.trainLoss
  // SGD at .005 has hardly begun after 500 steps, and gRDA keeps near to it.
  assert.ok(lossOf('Adam') < GUESS, `Adam: ${lossOf('Adam')}`)
  assert.ok(Math.abs(lossOf('gRDA, mu .51') - lossOf('SGD')) < 0.01, `${lossOf('gRDA, mu .51')}`)
  const sparsities = ['.3', '.51', '.7', '1'].map(mu => last.get(`gRDA, mu ${mu}`)!.sparsity)
  assert.deepEqual(
    sparsities,
    sparsities.toSorted((a, b) => a - b),
  )
  assert.ok(sparsities[0]! > 0.001 && last.get('SGD')!.sparsity < 0.0001)
  const page = renderComparison('cifar10', EXPERIMENTS.cifar10!, runs, STAND_IN)['cifar10.md']!
  assert.match(page, /stand-in for the photographs/)
})
