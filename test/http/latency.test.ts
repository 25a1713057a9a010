import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import type { Timing } from '#optimization/latency.ts'
import { measuredJob, RECORD, tradeoffOf } from '#test/support/measured-job.ts'
import { type Api, startApi } from '#test/support/start-api.ts'

const timing = (batchSize: number, denseMilliseconds: number, sparseMilliseconds: number): Timing => ({
  batchSize,
  denseMilliseconds,
  sparseMilliseconds,
})
const OWN = [timing(1, 0.25, 0.125), timing(32, 4, 1)]
const CUT = [timing(1, 0.25, 0.0625)]
const MACHINE = { processor: 'A "fast" one, 2 GHz', backend: 'native avx2', threads: 1 }

/** The timed cut; the others were not timed. */
const { rule, scope, nonzero } = tradeoffOf(RECORD.spec).points.find(({ own }) => !own)!

describe('a job whose predictions were timed', () => {
  let api: Api
  let base: string
  before(async () => {
    api = await startApi()
    const cutTimings = [{ rule, scope, nonzero, timings: CUT }]
    base = `/v1/jobs/${await measuredJob(api, true, { latency: { ...MACHINE, timings: OWN }, cutTimings })}`
  })
  after(() => api.stop())

  const get = (path: string) => request(api.url).get(`${base}${path}`)

  it('shows the times of its model with the machine', async () => {
    const { body } = await get('').expect(200)
    assert.deepEqual(body.latency, { ...MACHINE, timings: OWN })
  })

  it('shows the times of the points of its trade-off, of which the file knows nothing', async () => {
    const { body } = await get('/tradeoff').expect(200)
    assert.deepEqual(body.latency, {
      ...MACHINE,
      timings: OWN,
      cuts: [{ rule, scope, nonzero, timings: CUT }],
    })
    const { body: file } = await get('/artifacts/tradeoff.json').expect(200)
    assert.ok(!JSON.stringify(file).includes('illiseconds') && !JSON.stringify(file).includes('fast'))
  })

  it('has columns for the times in the CSV', async () => {
    const { text } = await get('/tradeoff?format=csv').expect(200)
    const [header, own, cut, other] = text.split('\r\n')
    assert.match(header!, /,own,batch1DenseMilliseconds,batch1SparseMilliseconds,batch32DenseMilliseconds,/)
    assert.match(header!, /,batch32SparseMilliseconds,processor,backend,threads$/)
    const machine = '"A ""fast"" one, 2 GHz",native avx2,1'
    assert.ok(own!.endsWith(`,true,0.25,0.125,4,1,${machine}`), own)
    assert.ok(cut!.endsWith(`,false,0.25,0.0625,,,${machine}`), cut)
    assert.ok(other!.endsWith(`,false,,,,,${machine}`), other)
  })

  it('has the times in its report, dense beside sparse', async () => {
    const { text } = await get('/artifacts/report.html').expect(200)
    assert.match(text, /1 thread of A &#34;fast&#34; one, 2 GHz \(native avx2\)/)
    for (const cells of [
      ['1', '0.250', '0.125', '2.0 ×'],
      ['32', '4.00', '1.00', '4.0 ×'],
    ])
      assert.ok(text.includes(`<tr>${cells.map(cell => `<td>${cell}</td>`).join('')}</tr>`), cells.join())
    assert.match(text, /<td>0\.250<\/td><td>0\.0625<\/td><\/tr>/)
  })

  it('has files and predictions at its points as any other', async () => {
    const head = await request(api.url)
      .head(`${base}/artifacts/model.sparse.safetensors?sparsity=0.9`)
      .expect(200)
    assert.ok(Number(head.headers['content-length']) > 0)
    const { body } = await get('/artifacts').expect(200)
    const [made] = (body.data as { cut?: object }[]).flatMap(({ cut }) => cut ?? [])
    assert.ok(made && !('timings' in made))
  })
})
