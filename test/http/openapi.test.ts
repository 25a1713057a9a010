import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { before, describe, it } from 'node:test'
import { parse } from 'yaml'
import type { World } from '#infra/connect.ts'
import { createApp } from '#src/app.ts'

// biome-ignore lint/suspicious/noExplicitAny: an outside reader sees plain YAML
type Document = Record<string, any>

describe('openapi.yaml', () => {
  let text: string
  let contract: Document
  before(async () => {
    text = await readFile('openapi.yaml', 'utf8')
    contract = parse(text)
  })

  it('is what the running service says', async () => {
    const app = await createApp({} as World, {})
    await app.ready()
    assert.deepEqual(contract, JSON.parse(JSON.stringify(app.swagger())))
    await app.close()
  })

  it('refers to nothing that is not there, and names nothing twice', () => {
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

  it('lets a request leave out what has a default, and promises it in the answer', () => {
    const { schemas } = contract.components
    const grdaOf = (schema: string): string[] => {
      const optimizer = schemas[schema].properties.optimizer
      return (optimizer.$ref ? schemas[optimizer.$ref.split('/').at(-1)] : optimizer).oneOf[0].required
    }
    assert.ok(!grdaOf('JobRequest').includes('clock'))
    assert.ok(grdaOf('TrainingSpec').includes('clock'))
  })
})
