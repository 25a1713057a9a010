import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import { type JobRequest, Thresher } from '@thresher/client'
import { Ajv } from 'ajv'
import { connectMcp } from '#test/support/connect-mcp.ts'
import { type Service, startService } from '#test/support/start-service.ts'

// biome-ignore lint/suspicious/noExplicitAny: JSON, as a client of the protocol receives it
type Facts = any

const dense = (name: string, units: number, activation: string) => ({
  ...{ type: 'dense', name, units, activation },
  ...{ kernelInitializer: 'glorotUniform', biasInitializer: 'zeros' },
})

/** A training of a second: two classes of points on a line, a network of 832 weights. */
const CSV = `x,y,label\n${Array.from({ length: 300 }, (_, i) => `${i / 300},${(i % 7) / 7},${i < 150 ? 'low' : 'high'}`).join('\n')}\n`
const TOPOLOGY = { inputShape: [2], layers: [dense('hidden', 166, 'relu'), dense('out', 2, 'linear')] }
const OPTIMIZER = { name: 'grda', learningRate: 0.3, c: 0.05, mu: 0.6 }

const textOf = ({ content }: CallToolResult) => (content[0]?.type === 'text' ? content[0].text : '')

describe('thresher mcp with a service', () => {
  let service: Service
  let thresher: Thresher
  let downloads: string
  let client: Client
  let job: JobRequest
  before(async () => {
    service = await startService()
    thresher = new Thresher({ url: service.url })
    const request = { name: 'points', format: 'csv', label: 'label' } as const
    const dataset = await thresher.datasets.create(request, [new File([CSV], 'points.csv')])
    job = {
      dataset: { id: dataset.id },
      model: { topology: TOPOLOGY },
      optimizer: OPTIMIZER,
      batchSize: 32,
      epochs: 3,
    } as JobRequest
    downloads = await mkdtemp(join(tmpdir(), 'thresher-downloads-'))
    client = await connectMcp({ url: service.url, downloads })
  })
  after(async () => {
    await client.close()
    await service.stop()
    await rm(downloads, { recursive: true })
  })

  const call = async (name: string, args: object = {}, options = {}) =>
    (await client.callTool({ name, arguments: { ...args } }, undefined, options)) as CallToolResult

  /** @returns the structured content of a call that succeeds */
  const facts = async (name: string, args: object = {}): Promise<Facts> => {
    const result = await call(name, args)
    assert.ok(!result.isError, textOf(result))
    return result.structuredContent
  }

  it('trains a job from plan to verified file', async () => {
    const plan = await facts('plan', { job, sparsity: 0.9 })
    assert.equal(plan.parameters, 832)
    assert.equal(plan.training.loss, 'categoricalCrossentropy')
    assert.ok(plan.recommendation.c > 0 && plan.memory.neededBytes > 0)

    // The worker is busy until the job is watched, so that every epoch of it is reported.
    const other = await thresher.jobs.create({ ...job, epochs: 100_000 })
    const { id } = await facts('submit', { job })
    const progress: { progress: number; total?: number; message?: string }[] = []
    const watching = call(
      'watch',
      { jobId: id, seconds: 300 },
      { onprogress: (p: (typeof progress)[number]) => progress.push(p), timeout: 300_000 },
    )
    assert.equal((await facts('get_job', { jobId: id })).status, 'queued')
    await facts('cancel', { jobId: other.id })
    const watched = await watching
    const trained = await thresher.jobs.get(id)
    const state = watched.structuredContent as Facts
    assert.deepEqual([state.status, state.ended], ['succeeded', true])
    assert.equal(state.metrics.sparsity.toFixed(5), trained.metrics!.sparsity.toFixed(5))
    assert.match(textOf(watched), new RegExp(`${id} has succeeded, 3 of 3 epochs`))
    assert.deepEqual(
      progress.map(({ progress: value, total }) => [value, total]),
      [
        [1, 3],
        [2, 3],
        [3, 3],
      ],
    )
    assert.match(progress[0]!.message!, /^Epoch 1: validation accuracy /)

    const refused = await call('tradeoff', { jobId: id })
    assert.equal((refused.structuredContent as Facts).error.code, 'tradeoff_not_ready')
    assert.match(textOf(refused), /`tradeoff` with `"measure": true`/)
    const { front } = await facts('tradeoff', { jobId: id, measure: true, seconds: 300 })
    const expected = (await thresher.jobs.tradeoff(id)).points.filter(({ pareto }) => pareto)
    assert.equal(front.length, expected.length)
    const point = front.at(-2)

    const file = await facts('download', { jobId: id, sparsity: point.sparsity })
    const content = await readFile(file.path)
    assert.equal(file.path, join(downloads, id, 'model.sparse.safetensors'))
    assert.equal(content.length, point.sizeBytes.sparse)
    assert.equal(createHash('sha256').update(content).digest('hex'), file.sha256)

    const shown = await facts('get_job', { jobId: id })
    assert.deepEqual(
      shown.layers.map(({ name, nonzero }: Facts) => [name, nonzero]),
      trained.metrics!.layers.map(({ name, nonzero }) => [name, nonzero]),
    )
    assert.deepEqual(
      shown.epochs.map(({ epoch }: Facts) => epoch),
      [1, 2, 3],
    )
    const { jobs } = await facts('list_jobs', { status: ['succeeded'], limit: 1 })
    assert.deepEqual(
      jobs.map((listed: Facts) => listed.id),
      [id],
    )

    const read = await client.readResource({ uri: `thresher://jobs/${id}` })
    const resource = JSON.parse((read.contents[0] as { text: string }).text)
    assert.deepEqual(resource.spec, trained.spec)
    const { resources } = await client.listResources()
    assert.ok(resources.some(({ uri }) => uri === `thresher://jobs/${id}`))
  })

  it('describes jobs by the schemas of the contract', async () => {
    const { tools } = await client.listTools()
    const contract = await thresher.contract()
    const { properties } = contract.components.schemas.JobRequest as Facts
    for (const name of ['plan', 'submit']) {
      const { inputSchema } = tools.find(tool => tool.name === name) as Facts
      assert.equal(inputSchema.properties.job.$ref, '#/$defs/JobRequest')
      assert.deepEqual(Object.keys(inputSchema.$defs.JobRequest.properties), Object.keys(properties))
      const references = JSON.stringify(inputSchema).match(/"#\/[^"]+"/g)!
      for (const reference of references)
        assert.ok(inputSchema.$defs[JSON.parse(reference).replace('#/$defs/', '')], reference)
    }
    const { inputSchema } = tools.find(({ name }) => name === 'submit')!
    const isValid = new Ajv({ strict: false }).compile(inputSchema)
    assert.ok(
      isValid({ job }) &&
        isValid({ job: { ...job, finish: { fineTune: { epochs: 1, optimizer: OPTIMIZER } } } }),
    )
    for (const wrong of [
      { ...job, model: {} },
      { ...job, epochs: '3' },
      { ...job, epoch: 3 },
    ])
      assert.equal(isValid({ job: wrong }), false, JSON.stringify(wrong))
    const inputs = new Map(tools.map(({ name, inputSchema }) => [name, inputSchema.properties as Facts]))
    assert.deepEqual(inputs.get('list_jobs').sort.enum, ['createdAt', 'validationAccuracy', 'sparsity'])
    for (const [tool, count] of [
      ['list_jobs', 9],
      ['download', 15],
      ['plan', 2],
    ] as const) {
      assert.equal(Object.keys(inputs.get(tool)).length, count, tool)
      for (const [name, schema] of Object.entries<Facts>(inputs.get(tool)))
        assert.ok(schema.type ?? schema.anyOf ?? schema.$ref, `${tool} ${name}`)
    }
  })

  it('says which tools change something', async () => {
    const { tools } = await client.listTools()
    const reading = tools.filter(({ annotations }) => annotations?.readOnlyHint).map(({ name }) => name)
    assert.deepEqual(reading.sort(), [
      'explain_error',
      'get_job',
      'list_datasets',
      'list_jobs',
      'list_models',
      'plan',
      'watch',
    ])
    const destructive = tools
      .filter(({ annotations }) => annotations?.destructiveHint)
      .map(({ name }) => name)
    assert.deepEqual(destructive.sort(), ['cancel', 'download'])
  })

  it('returns every mistake in a job with its path', async () => {
    const wrong = { ...job, epochs: 0, optimizer: { ...OPTIMIZER, mu: 2 } }
    for (const name of ['plan', 'submit']) {
      const result = await call(name, { job: wrong })
      assert.equal(result.isError, true)
      const { error } = result.structuredContent as Facts
      assert.deepEqual(error.errors.map(({ path }: Facts) => path).sort(), ['epochs', 'optimizer.mu'])
      assert.match(textOf(result), /- optimizer\.mu: /)
      const explained = await facts('explain_error', { problem: error })
      assert.match(explained.findings[0].remedy, /Correct each field/)
    }
    const unknown = await call('get_job', { job: 'job_1' })
    assert.match(textOf(unknown), /arguments of get_job are not valid: "job" is not among .*: jobId\./)
    const missing = await call('get_job')
    assert.match(textOf(missing), /arguments of get_job are not valid: they must have .*'jobId'\./)
  })

  it('explains a failed job with its last events', async () => {
    // Inputs of 1e38 make the first sums infinite.
    const normalize = { mean: [0, 0], std: [1e-38, 1e-38] }
    const { id } = await facts('submit', { job: { ...job, dataset: { ...job.dataset, normalize } } })
    const state = await facts('watch', { jobId: id, seconds: 300 })
    assert.equal(state.status, 'failed')
    const { findings, evidence } = await facts('explain_error', { jobId: id })
    assert.deepEqual([findings[0].kind, findings[0].code], ['failure', 'diverged'])
    assert.match(findings[0].remedy, /learning rate/)
    const failed = await thresher.jobs.get(id)
    assert.equal(findings[0].message, failed.error!.message)
    assert.equal(evidence.events.at(-1).type, 'failed')
  })

  it('pauses, resumes and cancels a job', async () => {
    const { id } = await facts('submit', { job: { ...job, epochs: 100_000 } })
    await facts('pause', { jobId: id })
    assert.equal((await facts('watch', { jobId: id, seconds: 300 })).status, 'paused')
    assert.ok(['queued', 'running'].includes((await facts('resume', { jobId: id })).status))
    const running = await facts('watch', { jobId: id, seconds: 1 })
    assert.equal(running.ended, false)
    await facts('cancel', { jobId: id })
    assert.equal((await facts('watch', { jobId: id, seconds: 300 })).status, 'cancelled')
    const refused = await call('pause', { jobId: id })
    assert.equal((refused.structuredContent as Facts).error.code, 'conflict')
  })

  it('stores files in the chosen folder only', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'thresher-outside-'))
    await symlink(outside, join(downloads, 'link'))
    await mkdir(join(downloads, 'inside'))
    for (const file of ['../stolen', join(outside, 'stolen'), 'link/stolen', 'inside/../../stolen', '.']) {
      const result = await call('download', { jobId: 'job_1', file })
      assert.match(
        textOf(result),
        /does not name a file inside .*, the folder that the user has chosen/,
        file,
      )
    }
    assert.deepEqual(await readdir(outside), [])
    await rm(outside, { recursive: true })
  })

  it('lists presets with their defaults, and datasets', async () => {
    const { models } = await facts('list_models')
    const preset = models.find(({ id }: Facts) => id === 'mnist-mlp')
    assert.deepEqual(preset.use, { preset: 'mnist-mlp' })
    assert.equal(preset.defaults.dataset.id, 'mnist')
    const { datasets } = await facts('list_datasets')
    const mnist = datasets.find(({ id }: Facts) => id === 'mnist')
    assert.deepEqual([mnist.splits.train, mnist.classCount], [60_000, 10])
  })
})
