import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { before, describe, it } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import request from 'supertest'
import { parse } from 'yaml'
import type { Children } from '#children/open-children.ts'
import { createApp } from '#src/app.ts'
import type { Stores } from '#stores/connect.ts'
import { startApi } from '#test/support/start-api.ts'

// biome-ignore lint/suspicious/noExplicitAny: an outside reader sees plain YAML
type Document = Record<string, any>

async function documentOfService(): Promise<Document> {
  const app = await createApp({} as Stores, {} as Children, {})
  await app.ready()
  const document = JSON.parse(JSON.stringify(app.swagger()))
  await app.close()
  return document
}

describe('openapi.yaml', () => {
  let text: string
  let contract: Document
  before(async () => {
    text = await readFile('openapi.yaml', 'utf8')
    contract = parse(text)
  })

  it('equals the contract of the running service', async () => {
    assert.deepEqual(contract, await documentOfService())
  })

  it('has examples that the service accepts', async () => {
    const api = await startApi()
    const { examples } = contract.components.schemas.JobRequest
    for (const example of examples) {
      const { status, body } = await request(api.url).post('/v1/jobs?dryRun=true').send(example)
      assert.equal(status, 200, JSON.stringify(body))
    }
    await api.stop()
  })

  it('has a valid example for each body that a client writes', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false })
    ajv.addSchema(contract, 'contract')
    const schemas = Object.entries<Document>(contract.components.schemas)
    const withExamples = schemas.filter(([, { examples }]) => examples)
    const bodies = [
      'Analysis',
      'Clone',
      'Dataset',
      'DatasetUpload',
      'Folder',
      'Job',
      'Key',
      'ModelUpload',
      'Prediction',
      'Registration',
      'Sweep',
      'Webhook',
    ].map(name => `${name}Request`)
    assert.deepEqual(
      withExamples.map(([name]) => name).sort(),
      [...bodies, 'JobChange', 'TenantSettings', 'WebhookChange'].sort(),
    )
    for (const [name, { examples }] of withExamples) {
      const isValid = ajv.compile({ $ref: `contract#/components/schemas/${name}` })
      for (const example of examples)
        assert.ok(isValid(example), `${name}: ${JSON.stringify(isValid.errors)}`)
    }
  })

  it('has a page with the name of this service', async () => {
    const app = await createApp({} as Stores, {} as Children, {})
    assert.match((await app.inject({ url: '/docs/' })).body, /<title>Thresher API<\/title>/)
    await app.close()
  })

  it('has no dangling references and no duplicate names', () => {
    const schemas = Object.keys(contract.components.schemas)
    const referred = [...text.matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name!)
    assert.deepEqual(new Set(referred), new Set(schemas))
    for (const name of schemas.filter(name => name.endsWith('Input')))
      assert.notDeepEqual(contract.components.schemas[name], contract.components.schemas[name.slice(0, -5)])
    const ids = Object.values<Document>(contract.paths).flatMap(operations =>
      Object.values<Document>(operations).map(({ operationId }) => operationId),
    )
    assert.ok(ids.every(Boolean))
    assert.equal(new Set(ids).size, ids.length)
  })

  it('names every option of a union with another constant in each option', () => {
    const { JobEvent } = contract.components.schemas
    assert.equal(JobEvent.discriminator.propertyName, 'type')
    assert.equal(JobEvent.discriminator.mapping.epoch, '#/components/schemas/EpochJobEvent')
    assert.ok(JobEvent.oneOf.every(({ $ref }: Document) => /\/\w+JobEvent$/.test($ref)))
  })

  it('has a short summary and a description for each operation', () => {
    const operations = Object.values<Document>(contract.paths).flatMap(each => Object.values<Document>(each))
    for (const { operationId, summary, description } of operations) {
      assert.ok(summary.split(' ').length <= 8, `${operationId}: ${summary}`)
      assert.match(description ?? '', /\.$/, `${operationId} needs a description in whole sentences`)
    }
  })

  it('makes fields with a default optional in requests and required in answers', () => {
    const { schemas } = contract.components
    const named = ({ $ref }: Document) => schemas[$ref.split('/').at(-1)]
    const grdaOf = (schema: string): string[] =>
      named(named(schemas[schema].properties.optimizer).oneOf[0]).required
    assert.ok(!grdaOf('JobRequest').includes('clock'))
    assert.ok(grdaOf('TrainingSpec').includes('clock'))
  })
})
