import assert from 'node:assert/strict'

// biome-ignore lint/suspicious/noExplicitAny: an outside client sees plain JSON
export type Json = Record<string, any>

/** One operation of the contract. */
export interface Operation {
  /** `GET /v1/jobs/{jobId}` */
  name: string
  method: string
  path: string
  /** Absent: the operation is public. */
  scope?: 'read' | 'submit' | 'admin'
  operatorOnly: boolean
  isSocket: boolean
  /** The parameters of the query. */
  query: readonly string[]
  /** An example of the JSON body, if it has a schema with a name. */
  example?: Json
  needsBody: boolean
}

/** Every operation that a service says that it has, and its document. */
export async function operationsOf(url: string): Promise<{ operations: Operation[]; document: Json }> {
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as Json
  const operations = Object.entries<Json>(document.paths).flatMap(([path, methods]) =>
    Object.entries<Json>(methods).map(([method, described]) =>
      operationOf(document, path, method, described),
    ),
  )
  assert.ok(operations.length > 50, String(operations.length))
  return { operations, document }
}

function operationOf(document: Json, path: string, method: string, described: Json): Operation {
  const { requestBody, parameters = [], responses } = described
  const schema = requestBody?.content['application/json']?.schema
  const named = schema?.$ref ? document.components.schemas[schema.$ref.split('/').at(-1)] : schema
  return {
    name: `${method.toUpperCase()} ${path}`,
    method: method.toUpperCase(),
    path,
    scope: described['x-scope'],
    operatorOnly: described['x-operator-only'] === true,
    isSocket: responses['101'] !== undefined,
    query: parameters.filter((each: Json) => each.in === 'query').map((each: Json) => each.name),
    example: named?.examples?.[0],
    needsBody: requestBody?.required === true,
  }
}

/** The path with a value for each of its parameters. @throws AssertionError for a parameter without a value */
export function pathWith({ name, path }: Operation, values: Readonly<Record<string, string>>): string {
  return path.replace(/\{(\w+)\}/g, (_, parameter) => {
    assert.ok(values[parameter], `${name}: add an id for {${parameter}} to test/support/tenant-records.ts`)
    return values[parameter]!
  })
}
