import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { after, before, describe, it, mock } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { WebSocket } from 'ws'
import { parse } from 'yaml'
import { begin } from '#domain/job-decisions.ts'
import { PacedSink } from '#http/frame-sink.ts'
import { CLOSE } from '#http/frame-socket.ts'
import type { Frame } from '#http/frames.ts'
import { redisKeys } from '#stores/redis-keys.ts'
import { appendEvent, epochMetrics, startNewJob, succeed } from '#test/support/drive-job.ts'
import { finishedJob, newAnalysis } from '#test/support/finished-job.ts'
import { type Api, startApi } from '#test/support/start-api.ts'

// biome-ignore lint/suspicious/noExplicitAny: an outside reader sees plain YAML
type Document = Record<string, any>

const PROGRESS = { epoch: 1, step: 3, stepsPerEpoch: 469, loss: 0.5, examplesPerSecond: 10_000 }
const CLOSED_BY_CLIENT = 1005
const WORKER = { id: 'worker_test', engine: 'native', device: 'cpu' }

describe('the streams of the service, by asyncapi.yaml', () => {
  let api: Api
  let contract: Document
  let isFrameOf: Record<string, (frame: unknown) => boolean>
  before(async () => {
    contract = parse(await readFile('asyncapi.yaml', 'utf8'))
    const ajv = new Ajv2020({ strict: false, validateFormats: false })
    ajv.addSchema(contract, 'contract')
    isFrameOf = Object.fromEntries(
      Object.keys(contract.channels).map(name => {
        const frames: { $ref: string }[] = contract.operations[`send.${name}`].messages
        const payloads = frames.map(({ $ref }) => `contract#/components/schemas/${$ref.split('/').at(-1)}`)
        return [name, ajv.compile({ anyOf: payloads.map($ref => ({ $ref })) })]
      }),
    )
    // Last, because the service refuses requests while its process is busy.
    api = await startApi()
  })
  after(() => api.stop())

  /** Every frame of a stream until it is closed, each checked by the channel. @param act is called with each frame */
  async function watch(
    channel: string,
    path: string,
    act: (frame: Document, socket: WebSocket) => unknown,
    first?: object,
  ) {
    const socket = new WebSocket(api.url.replace('http', 'ws') + path)
    const types: string[] = []
    const faults: Document[] = []
    if (first) socket.once('open', () => socket.send(JSON.stringify(first)))
    socket.on('message', async data => {
      const frame: Document = JSON.parse(String(data))
      types.push(frame.type)
      if (isFrameOf[channel]!(frame)) return void (await act(frame, socket))
      faults.push(frame)
      return socket.close()
    })
    const [code] = await once(socket, 'close')
    assert.deepEqual(faults, [])
    assert.ok(String(code) in contract['x-close-codes'] || code === CLOSED_BY_CLIENT, `close code ${code}`)
    return types
  }

  /** A job whose second event was trimmed. */
  async function trimmedJob(): Promise<string> {
    const jobId = await startNewJob(api.stores)
    await appendEvent(api.stores, jobId, 'epoch', epochMetrics(1))
    await api.stores.redis.xtrim(redisKeys.events(jobId), 'MINID', '3-0')
    return jobId
  }

  const goOn = async (jobId: string, { type }: Document) => {
    if (type === 'epoch')
      await api.stores.events.publishProgress({ type: 'progress', jobId, attempt: 1, ...PROGRESS })
    if (type === 'progress') await succeed(api.stores, jobId)
  }

  it('are those of the served document', async () => {
    assert.deepEqual(await (await fetch(`${api.url}/asyncapi.json`)).json(), contract)
  })

  it('have these close codes', () => {
    assert.deepEqual(Object.keys(contract['x-close-codes']).map(Number), Object.values(CLOSE).toSorted())
  })

  it('of a job have these frames', async () => {
    const jobId = await trimmedJob()
    const types = await watch('job', `/v1/jobs/${jobId}/stream`, frame => goOn(jobId, frame))
    assert.deepEqual(types, ['snapshot', 'queued', 'gap', 'epoch', 'progress', 'succeeded', 'end'])
  })

  it('of an analysis have these frames', async () => {
    const { id } = await newAnalysis(api.stores, await finishedJob(api.stores))
    await api.stores.analyses.append(id, begin(WORKER))
    const types = await watch('analysis', `/v1/analyses/${id}/stream`, async ({ type }) => {
      if (type === 'started')
        await api.stores.events.publishProgress({
          type: 'progress',
          analysisId: id,
          attempt: 1,
          done: 1,
          total: 4,
        })
      if (type === 'progress')
        await api.stores.analyses.append(id, () => [{ type: 'succeeded', attempt: 1, data: {} }])
    })
    assert.deepEqual(types, ['snapshot', 'queued', 'started', 'progress', 'succeeded', 'end'])
  })

  it('of many jobs have these frames and commands', async () => {
    const jobId = await trimmedJob()
    const seen = watch(
      'jobs',
      '/v1/stream',
      async (frame, socket) => {
        await goOn(jobId, frame)
        if (frame.type === 'end') socket.send(JSON.stringify({ subscribe: { jobId: 'job_absent' } }))
        if (frame.type === 'error') socket.close()
      },
      { subscribe: { jobId } },
    )
    assert.deepEqual(await seen, [
      'snapshot',
      'queued',
      'gap',
      'epoch',
      'progress',
      'succeeded',
      'end',
      'error',
    ])
  })

  it('have this heartbeat', () => {
    mock.timers.enable({ apis: ['setInterval'] })
    const beats: Frame[] = []
    const sink = new (class extends PacedSink {
      protected readonly unsentBytes = 0
      protected write(frame: Frame) {
        beats.push(frame)
      }
      protected cutOff() {}
      end() {
        this.closed()
      }
    })()
    mock.timers.tick(25_000)
    sink.end()
    mock.timers.reset()
    assert.equal(beats.length, 1)
    for (const [channel, isFrame] of Object.entries(isFrameOf)) assert.ok(isFrame(beats[0]), channel)
  })
})
