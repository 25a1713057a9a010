import { z } from 'zod'
import { EXAMPLE_MEDIA_TYPES } from './prediction-inputs.ts'
import { PROBLEM_MEDIA_TYPE, Problem } from './problem.ts'

type Json = { [key: string]: Json } | Json[] | string | number | boolean | null
type Dictionary = Record<string, Json>

interface Document {
  paths?: Record<string, Record<string, { responses?: Dictionary; [key: string]: unknown }>>
  components?: { schemas?: Dictionary; [key: string]: unknown }
}

interface RequestBody {
  required: boolean
  content: Record<string, { schema: { anyOf?: Dictionary[] } }>
}

const problem = {
  description: 'Anything that went wrong (RFC 9457)',
  content: { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
}

/** What the generator leaves out or says twice: errors, bytes, and a second copy of every schema. */
export function polishDocument<T extends object>(generated: T): T {
  const document = foldInputSchemas(generated) as Document
  document.components!.schemas!.Problem ??= z.toJSONSchema(Problem) as Dictionary
  for (const operations of Object.values(document.paths ?? {})) {
    for (const operation of Object.values(operations)) {
      operation.responses = { ...operation.responses, default: problem }
      allowNoBody(operation.requestBody as RequestBody | undefined)
    }
  }
  describeBytes(document)
  take(document, '/v1/datasets', 'FolderRequest', { spec: reference('DatasetRequest'), file: FILES })
  takeForm(document, '/v1/models', { spec: reference('ModelUploadRequest'), file: FILES, state: FILES }, [
    'spec',
  ])
  take(document, '/v1/jobs/{jobId}/predict', 'PredictionRequest', { image: FILES })
  for (const mediaType of EXAMPLE_MEDIA_TYPES) accept(document, '/v1/jobs/{jobId}/predict', mediaType)
  offer(document, '/v1/jobs/{jobId}/events', 'text/event-stream')
  offer(document, '/v1/jobs/{jobId}/metrics', 'text/csv')
  return document as T
}

/**
 * fastify-type-provider-zod registers each schema twice: as `X`, how it is answered, and as `XInput`, how it may be asked
 * for, with defaults left out. Both are kept only where answers use the one, requests the other, and they
 * differ.
 */
function foldInputSchemas(generated: object): object {
  const { components, ...rest } = generated as Document
  const schemas = components?.schemas ?? {}
  const inputs = Object.keys(schemas).filter(name => name.endsWith('Input'))
  const answered = JSON.stringify([rest, Object.entries(schemas).filter(([name]) => !inputs.includes(name))])
  const asked = reachable(rest, schemas)
  const folded: string[] = []
  for (const input of inputs) {
    const name = input.slice(0, -'Input'.length)
    const isAnswered = answered.includes(`#/components/schemas/${name}"`)
    const isSame = JSON.stringify(schemas[name]) === JSON.stringify(schemas[input])
    if (isAnswered && asked.has(input) && !isSame) continue
    if (!isAnswered) schemas[name] = schemas[input]!
    delete schemas[input]
    folded.push(input)
  }
  const references = new RegExp(`(#/components/schemas/)(${folded.join('|')})"`, 'g')
  return JSON.parse(
    JSON.stringify(generated).replace(references, (_, path, input) => `${path}${input.slice(0, -5)}"`),
  )
}

/** The names of the schemas that `part` refers to, or that those refer to. */
function reachable(part: unknown, schemas: Dictionary, found = new Set<string>()): Set<string> {
  for (const [, name] of JSON.stringify(part).matchAll(/#\/components\/schemas\/(\w+)"/g)) {
    if (found.has(name!)) continue
    found.add(name!)
    reachable(schemas[name!], schemas, found)
  }
  return found
}

function describeBytes({ paths }: Document): void {
  const operations = paths?.['/v1/jobs/{jobId}/artifacts/{name}'] ?? {}
  const bytes = { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } }
  for (const [method, operation] of Object.entries(operations)) {
    const content = method === 'get' ? { content: bytes } : {}
    operation.operationId = method === 'get' ? 'downloadArtifact' : 'headArtifact'
    operation.responses = {
      '200': { description: 'The whole file', ...content },
      ...(method === 'get' && { '206': { description: 'One range of it', ...content } }),
      '304': { description: 'If-None-Match names this file' },
      default: problem,
    }
  }
}

const FILES = { type: 'array', minItems: 1, items: { type: 'string', format: 'binary' } }

function reference(name: string): Dictionary {
  return { $ref: `#/components/schemas/${name}` }
}

/** A body that may be null may be left out: routes see null then. */
function allowNoBody(body: RequestBody | undefined): void {
  const { anyOf = [] } = body?.content['application/json']?.schema ?? {}
  if (body && anyOf.some(({ type }) => type === 'null')) body.required = false
}

/** A POST that takes JSON or a form with files, which the generator knows nothing of. @param parts of the form */
function take(document: Document, path: string, json: string, parts: Dictionary): void {
  takeForm(document, path, parts, Object.keys(parts))
  const { content } = document.paths![path]!.post!.requestBody as { content: Dictionary }
  content['application/json'] = { schema: reference(json) }
}

/** A further media type that a POST takes as it is. */
function accept({ paths }: Document, path: string, mediaType: string): void {
  const { content } = paths![path]!.post!.requestBody as { content: Dictionary }
  const isImage = mediaType.startsWith('image/')
  content[mediaType] = { schema: { type: 'string', ...(isImage && { format: 'binary' }) } }
}

/** A POST that takes a form with files. */
function takeForm({ paths }: Document, path: string, parts: Dictionary, required: string[]): void {
  const schema = { type: 'object', properties: parts, required }
  paths![path]!.post!.requestBody = { required: true, content: { 'multipart/form-data': { schema } } }
}

/** A further media type that a GET can answer with. */
function offer({ paths }: Document, path: string, mediaType: string): void {
  const answer = paths?.[path]?.get?.responses?.['200'] as { content?: Dictionary } | undefined
  if (answer?.content) answer.content[mediaType] = { schema: { type: 'string' } }
}
