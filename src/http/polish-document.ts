import { z } from 'zod'
import { PROBLEM_MEDIA_TYPE, Problem } from './problem.ts'

type Json = { [key: string]: Json } | Json[] | string | number | boolean | null
type Dictionary = Record<string, Json>

interface Document {
  paths?: Record<string, Record<string, { responses?: Dictionary; [key: string]: unknown }>>
  components?: { schemas?: Dictionary; [key: string]: unknown }
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
    for (const operation of Object.values(operations))
      operation.responses = { ...operation.responses, default: problem }
  }
  describeBytes(document)
  offer(document, '/v1/jobs/{jobId}/events', 'text/event-stream')
  offer(document, '/v1/jobs/{jobId}/metrics', 'text/csv')
  return document as T
}

/**
 * fastify-type-provider-zod registers each schema twice: as `X`, how it is answered, and as `XInput`, how it may be asked
 * for, with defaults left out. A schema that only requests use is kept as the latter, every other as the former.
 */
function foldInputSchemas(generated: object): object {
  const { components, ...rest } = generated as Document
  const schemas = components?.schemas ?? {}
  const answered = JSON.stringify([rest, Object.entries(schemas).filter(([name]) => !name.endsWith('Input'))])
  for (const name of Object.keys(schemas).filter(name => name.endsWith('Input'))) {
    const folded = name.slice(0, -'Input'.length)
    if (!answered.includes(`#/components/schemas/${folded}"`)) schemas[folded] = schemas[name]!
    delete schemas[name]
  }
  return JSON.parse(JSON.stringify(generated).replace(/(#\/components\/schemas\/\w+?)Input"/g, '$1"'))
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

/** A further media type that a GET can answer with. */
function offer({ paths }: Document, path: string, mediaType: string): void {
  const answer = paths?.[path]?.get?.responses?.['200'] as { content?: Dictionary } | undefined
  if (answer?.content) answer.content[mediaType] = { schema: { type: 'string' } }
}
