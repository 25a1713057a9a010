import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { type Service, startService } from '#test/support/start-service.ts'
import { type Frame, get, post, watchJob } from '#test/support/watch-job.ts'

/** A small network on the digits, trained with and without a threshold. */
const JOB = {
  dataset: { id: 'mnist' },
  model: {
    topology: {
      class_name: 'Sequential',
      config: {
        layers: [
          { class_name: 'InputLayer', config: { name: 'digit', batch_shape: [null, 28, 28, 1] } },
          { class_name: 'Flatten', config: { name: 'pixels' } },
          { class_name: 'Dense', config: { name: 'hidden', units: 8 } },
          { class_name: 'BatchNormalization', config: { name: 'normalised' } },
          { class_name: 'ReLU', config: { name: 'rectified' } },
          { class_name: 'Dense', config: { name: 'classes', units: 10 } },
        ],
      },
    },
  },
  batchSize: 500,
  validation: { fraction: 0.9 },
  epochs: 3,
  checkpoint: { keepLatest: 3 },
}

describe('two trained jobs', () => {
  let service: Service
  let sparse: string
  let dense: string
  let curve: string
  before(async () => {
    service = await startService()
    const ids = []
    for (const optimizer of [
      { name: 'grda', learningRate: 0.1, c: 0.05, mu: 0.6 },
      { name: 'sgd', learningRate: 0.1 },
    ])
      ids.push((await post(service.url, '/v1/jobs', { ...JOB, optimizer })).body.id)
    for (const id of ids) await watchJob(service.url, id)
    ;[sparse, dense] = ids as [string, string]
  })
  after(async () => assert.equal(await service.stop(), 0))

  /** The finished analysis of a request, whose files have the digests that their events announce. */
  async function study(request: object): Promise<{ id: string; result: Frame; files: Map<string, string> }> {
    const { status, body } = await post(service.url, '/v1/analyses', request)
    assert.equal(status, 201, JSON.stringify(body))
    const answer = await fetch(`${service.url}/v1/analyses/${body.id}/events`, {
      headers: { accept: 'text/event-stream' },
    })
    const events = await answer.text()
    const { body: ended } = await get(service.url, `/v1/analyses/${body.id}`)
    assert.equal(ended.status, 'succeeded', JSON.stringify(ended.error))
    const files = new Map<string, string>()
    const listed = (await get(service.url, `/v1/analyses/${body.id}/artifacts`)).body.data
    for (const { name, sha256 } of listed) {
      const content = Buffer.from(
        await (await fetch(`${service.url}/v1/analyses/${body.id}/artifacts/${name}`)).arrayBuffer(),
      )
      assert.equal(createHash('sha256').update(content).digest('hex'), sha256)
      assert.ok(events.includes(sha256))
      files.set(name, content.toString())
    }
    return { id: body.id, result: ended.result, files }
  }

  const report = async (id: string) =>
    await (await fetch(`${service.url}/v1/jobs/${id}/artifacts/report.html`)).text()

  it('have a curve between them, with its losses as JSON, CSV and a picture in both reports', async () => {
    const request = { kind: 'connectivity', jobs: [sparse, dense], points: 5, epochs: 1 }
    const { result, files } = await study(request)
    assert.deepEqual(
      result.models.map(({ jobId }: Frame) => jobId),
      [sparse, dense],
    )
    assert.equal(result.points.length, 5)
    const rows = files.get('connectivity.csv')!.trim().split('\r\n')
    assert.equal(rows.length, 6)
    assert.equal(Number(rows[1]!.split(',')[1]), result.points[0].trainLoss)
    assert.match(files.get('connectivity.svg')!, /^<svg /)
    for (const id of [sparse, dense]) assert.ok((await report(id)).includes(files.get('connectivity.svg')!))
    const again = await study(request)
    assert.deepEqual(again.files, files)
    curve = again.id
  })

  it('span a plane with the bend of that curve, or with a third model', async () => {
    const request = { kind: 'plane', jobs: [sparse, dense], points: 3, examples: 1000 }
    const { result, files } = await study({ ...request, analysisId: curve })
    assert.deepEqual([result.analysisId, result.points.length], [curve, 9])
    assert.ok((await report(dense)).includes(files.get('plane.svg')!))
    const early = { id: sparse, checkpoint: 1 }
    const { result: other } = await study({ ...request, jobs: [early, sparse, dense] })
    assert.deepEqual(
      other.models.map(({ epoch }: Frame) => epoch),
      [1, 3, 3],
    )
    const refusals: [object, string, RegExp][] = [
      [request, 'analysisId', /^is required with two jobs/],
      [{ ...request, jobs: [sparse, dense, sparse] }, 'jobs.2', /^is the same model as jobs.0/],
      [
        { ...request, jobs: [dense, sparse], analysisId: curve },
        'analysisId',
        /^must be between the same models/,
      ],
      [{ ...request, analysisId: 'analysis_x' }, 'analysisId', /^there is no analysis analysis_x/],
      [{ ...request, jobs: [early, sparse, dense], analysisId: curve }, 'analysisId', /^must be left out/],
    ]
    for (const [body, path, message] of refusals) {
      const answer = await post(service.url, '/v1/analyses', body)
      assert.equal(answer.status, 400)
      assert.equal(answer.body.errors[0].path, path)
      assert.match(answer.body.errors[0].message, message)
    }
  })

  it('differ by a vector whose part in the top eigenspace of the Hessian is measured', async () => {
    const request = {
      kind: 'hessian',
      jobs: [sparse, dense],
      eigenvectors: 2,
      examples: 500,
      maxProducts: 12,
    }
    const { result, files } = await study(request)
    assert.deepEqual([result.at.jobId, result.eigenpairs.length], [dense, 2])
    const [{ projection, cosines, distance }] = result.projections
    assert.ok(distance > 0 && projection > 0 && projection < 1)
    assert.equal(projection, Math.hypot(...cosines))
    assert.equal(result.baseline, Math.sqrt(2 / result.parameters))
    const [first, second] = result.eigenpairs
    assert.ok(first.value > second.value, JSON.stringify(result.eigenpairs))
    assert.ok(first.residual < 0.3 * first.value, JSON.stringify(result.eigenpairs))
    assert.ok((await report(sparse)).includes(files.get('hessian.svg')!))
  })

  it('have a table of the zeros in each layer', async () => {
    const { result } = await study({ kind: 'layers', jobs: [sparse, dense] })
    const { body: job } = await get(service.url, `/v1/jobs/${sparse}`)
    assert.equal(result.models[0].sparsity, job.metrics.sparsity)
    assert.deepEqual(
      result.variables.map(({ nonzero }: Frame) => nonzero[0]),
      job.metrics.layers.map(({ nonzero }: Frame) => nonzero),
    )
    assert.match(await report(sparse), /<h2>Zeros by layer<\/h2>/)
  })

  it('have channels that do nothing, without which predictions are timed', async () => {
    const { result, files } = await study({ kind: 'structure', jobs: [sparse] })
    assert.equal(result.model.jobId, sparse)
    for (const { channels, live, kept, multiplyAdds } of result.layers) {
      assert.ok(live <= kept && kept <= channels, JSON.stringify(result.layers))
      assert.ok(multiplyAdds.after <= multiplyAdds.before)
    }
    const sum = (when: string) =>
      result.layers.reduce((total: number, { multiplyAdds }: Frame) => total + multiplyAdds[when], 0)
    assert.deepEqual(result.multiplyAdds, { before: sum('before'), after: sum('after') })
    assert.equal(result.times.timings[0].batchSize, 1)
    assert.match(files.get('structure.csv')!, /^layer,channels,live,kept,/)
    assert.match(await report(sparse), /<h2>Channels that do nothing<\/h2>/)
  })

  it('have an effective number of weights at every kept epoch', async () => {
    const { result } = await study({ kind: 'normRatio', jobs: [sparse, dense] })
    assert.deepEqual(
      result.points.map(({ jobId, epoch }: Frame) => [jobId, epoch]),
      [sparse, dense].flatMap(id => [1, 2, 3].map(epoch => [id, epoch])),
    )
    const last = result.points.filter(({ epoch }: Frame) => epoch === 3)
    assert.ok(last[0].effective < last[1].effective)
  })
})
