import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import type { ArtifactName } from '#domain/artifact.ts'
import { begin } from '#domain/job-decisions.ts'
import { decodeSafetensors } from '#formats/safetensors.ts'
import { encodeArtifact } from '#interchange/encode-artifact.ts'
import { measuredJob, RECORD, tradeoffOf } from '#test/support/measured-job.ts'
import { type Api, startApi } from '#test/support/start-api.ts'

const ASKED = { inputs: [Array(28).fill(Array(28).fill([100]))] }

describe('a job whose trade-off was measured', () => {
  let api: Api
  let base: string
  before(async () => {
    api = await startApi()
    base = `/v1/jobs/${await measuredJob(api, true)}`
  })
  after(() => api.stop())

  const get = (path: string) => request(api.url).get(`${base}/${path}`)
  const readSpec = async () => (await request(api.url).get(base).expect(200)).body.spec
  const file = (name: ArtifactName, query: string) =>
    get(`artifacts/${name}?${query}`).buffer().parse(bytesOf)

  it('shows it as JSON and as CSV', async () => {
    const { body } = await get('tradeoff').expect(200)
    assert.equal(body.points.length, 5)
    const { text, headers } = await get('tradeoff?format=csv').expect(200)
    assert.match(headers['content-type']!, /text\/csv/)
    const [header = '', first = ''] = text.split('\r\n')
    assert.match(header, /^rule,scope,sparsity,nonzero,sparseBytes,zstBytes,validationAccuracy/)
    assert.match(first, /^magnitude,global,0.31,280000,.*,0.975,,,0.025,true,true$/)
  })

  it('has its files at a point, as they are encoded for this cut, and the manifest says what was cut', async () => {
    const spec = await readSpec()
    for (const name of ['model.sparse.safetensors', 'weights.npz'] as const) {
      const answer = await file(name, 'sparsity=0.9').expect(200)
      const point = tradeoffOf(spec).points.find(({ rule, own }) => rule === 'magnitude' && !own)!
      const { bytes } = await encodeArtifact(name, { ...RECORD, spec, cut: { point } })
      assert.ok(answer.body.equals(bytes), name)
      const head = await request(api.url).head(`${base}/artifacts/${name}?sparsity=0.9`).expect(200)
      assert.deepEqual(
        [head.headers.etag, Number(head.headers['content-length'])],
        [answer.headers.etag, bytes.length],
      )
      assert.match(answer.headers['cache-control']!, /no-cache/)
      const { data } = (await get('artifacts')).body
      const listed = data.filter((entry: { name: string; cut?: object }) => entry.name === name && entry.cut)
      const { pareto: _, sizeBytes: _size, ...cut } = point
      assert.deepEqual([listed.length, listed[0].cut], [1, cut])
      const { rule, scope, sparsity } = listed[0].cut
      const again = await file(name, `rule=${rule}&scope=${scope}&sparsity=${sparsity}`).expect(200)
      assert.equal(again.headers.etag, answer.headers.etag)
    }
    const part = await file('model.sparse.safetensors', 'sparsity=0.9').set('range', 'bytes=0-7').expect(206)
    assert.equal(part.body.length, 8)
  })

  it('names the cut in the metadata of the file', async () => {
    const { metadata } = decodeSafetensors(
      (await file('model.safetensors', 'sparsity=0.9&rule=threshold')).body,
    )
    const { rule, scope, sparsity, nonzero } = JSON.parse(metadata.cut!)
    assert.deepEqual([rule, scope, nonzero], ['threshold', 'global', 40_705])
    assert.ok(sparsity >= 0.9 && sparsity < 0.9001)
    const whole = decodeSafetensors((await file('model.safetensors', '')).body)
    assert.equal(whole.metadata.cut, undefined)
  })

  it('has at the point of the model itself the file without a cut', async () => {
    const [own, whole] = await Promise.all([
      file('model.sparse.safetensors', 'minValidationAccuracy=0.975'),
      file('model.sparse.safetensors', ''),
    ])
    assert.equal(own.headers.etag, whole.headers.etag)
  })

  it('has an optimizer state at the points of the threshold only', async () => {
    const { tensors } = decodeSafetensors((await file('optimizer-state.safetensors', 'sparsity=0.9')).body)
    const threshold = tensors.find(({ name }) => name === 'state.0.l1_accumulation')!
    assert.ok((threshold.data as Float64Array)[0]! > 0.02)
    const { body } = await get('artifacts/optimizer-state.safetensors?sparsity=0.9&rule=magnitude').expect(
      400,
    )
    assert.equal(body.errors[0].path, 'rule')
  })

  it('predicts at a point with the weights of its files', async () => {
    const ask = async (query: string) =>
      (await request(api.url).post(`${base}/predict${query}`).send(ASKED).expect(200)).body.outputs[0]
    const answers = [
      await ask(''),
      await ask('?sparsity=0.9'),
      await ask('?sparsity=0.95'),
      await ask('?sparsity=0.9'),
    ]
    assert.equal(new Set(answers.map(String)).size, 3)
    assert.deepEqual(answers[1], answers[3])
    assert.deepEqual(await ask('?minValidationAccuracy=0.975'), answers[0])
  })

  it('refuses selectors that are not one, and files that are the same at every point', async () => {
    for (const [name, query, paths] of [
      [
        'model.onnx',
        'sparsity=0.9&sizeBytes=1000&minValidationAccuracy=0.9',
        ['sizeBytes', 'minValidationAccuracy'],
      ],
      ['model.onnx', 'rule=magnitude&scope=layer', ['rule', 'scope']],
      ['model.onnx', 'sparsity=0.9&rule=threshold&scope=layer', ['scope']],
      ['model.onnx', 'sparsity=1', ['sparsity']],
      ['model.onnx', 'sizeBytes=0.5', ['sizeBytes']],
      ['model.onnx', 'sparsity=0.9&rule=best', ['rule']],
      ['metrics.csv', 'sparsity=0.9', ['sparsity']],
      ['report.html', 'sizeBytes=10&rule=magnitude', ['sizeBytes', 'rule']],
    ] as const) {
      const { status, body } = await get(`artifacts/${name}?${query}`)
      assert.deepEqual([status, body.errors?.map(({ path }: { path: string }) => path)], [400, paths], query)
    }
    const { status, body } = await request(api.url).post(`${base}/predict?rule=magnitude`).send(ASKED)
    assert.deepEqual([status, body.errors[0].path], [400, 'rule'])
  })

  it('answers what is possible where no point is', async () => {
    for (const [query, detail] of [
      ['sparsity=0.99', /highest measured sparsity is 0\.95/],
      ['sizeBytes=100', /smallest file has \d+ bytes/],
      ['minValidationAccuracy=0.99', /highest validation accuracy is 0\.975/],
      ['sparsity=0.5&scope=layer', /only the curves magnitude global, threshold global/],
    ] as const) {
      const { status, body } = await get(`artifacts/model.sparse.safetensors?${query}`)
      assert.deepEqual([status, body.code], [404, 'not_found'], query)
      assert.match(body.detail, detail)
    }
  })

  it('finds by size the file that has this size', async () => {
    const point = tradeoffOf(await readSpec()).points[1]!
    const { sparse } = point.sizeBytes
    const found = await file('model.sparse.safetensors', `sizeBytes=${sparse}`)
    assert.equal(found.body.length, sparse)
    await file('model.sparse.safetensors.zst', 'sizeBytes=1500').expect(200)
    const { data } = (await get('artifacts')).body
    const listed = data.find(({ name, cut }: { name: string; cut?: object }) => name.endsWith('.zst') && cut)
    assert.ok(listed.cut.sparsity >= 0.95)
  })

  it('shows its curve in the report', async () => {
    const { text } = await get('artifacts/report.html').expect(200)
    assert.match(text, /<h2>Trade-off<\/h2>/)
    assert.match(text, /All 5 points/)
  })

  it('prefers the newest analysis that has succeeded', async () => {
    const jobId = base.split('/').at(-1)!
    const { body } = await request(api.url)
      .post('/v1/analyses')
      .send({ kind: 'tradeoff', jobs: [jobId], levels: [0.97] })
      .expect(201)
    assert.deepEqual(body.options, { levels: [0.97] })
    const { work, blobs } = api.stores
    const own = (await get('tradeoff')).body
    await work.append(body.id, begin({ id: 'worker_test', engine: 'native', device: 'cpu' }))
    const stored = await blobs.put(body.id, [
      Buffer.from(JSON.stringify({ ...own, points: own.points.slice(0, 2) })),
    ])
    const data = { name: 'tradeoff.json', mediaType: 'application/json', description: '', ...stored }
    await work.append(body.id, ({ attempt }) => [{ type: 'artifact', attempt, data }])
    assert.equal((await get('tradeoff')).body.points.length, 5)
    await work.append(body.id, ({ attempt }) => [{ type: 'succeeded', attempt, data: {} }])
    assert.equal((await get('tradeoff')).body.points.length, 2)
    const analysis = await request(api.url).get(`/v1/analyses/${body.id}`).expect(200)
    assert.deepEqual(analysis.body.result, (await get('tradeoff')).body)
    assert.equal((await get('artifacts/model.sparse.safetensors?sparsity=0.95')).status, 404)
    await request(api.url).delete(`/v1/analyses/${body.id}`).expect(204)
    assert.equal((await get('tradeoff')).body.points.length, 5)
  })
})

function bytesOf(answer: request.Response, done: (error: Error | null, bytes: Buffer) => void): void {
  const chunks: Buffer[] = []
  answer.on('data', (chunk: Buffer) => chunks.push(chunk))
  answer.on('end', () => done(null, Buffer.concat(chunks)))
}
