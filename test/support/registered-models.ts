import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import request from 'supertest'
import { measuredJob } from './measured-job.ts'
import { type Api, startApi } from './start-api.ts'

const DIGIT = Array.from({ length: 28 }, (_, y) => Array.from({ length: 28 }, (_, x) => [(7 * y + x) % 256]))

/** An api for a file of tests, with the requests about registered models. */
export function modelsApi() {
  let api: Api
  before(async () => {
    api = await startApi()
  })
  after(() => api.stop())
  const send = (body: object) => request(api.url).post('/v1/models').send(body)
  return {
    get api() {
      return api
    },
    send,
    get: (path: string) => request(api.url).get(path),
    remove: (path: string) => request(api.url).delete(path),
    predict: (path: string) =>
      request(api.url)
        .post(path)
        .send({ inputs: [DIGIT] }),
    /** Registers the model of the job, or of a new one that has succeeded. @returns the id of the version */
    async register(name: string, jobId?: string): Promise<string> {
      const { status, body } = await send({ jobId: jobId ?? (await measuredJob(api, false)), name })
      assert.equal(status, 201, JSON.stringify(body))
      return body.id
    },
  }
}
