import type { ErrorCode } from '#domain/error.ts'
import { addLinks } from './document-links.ts'
import { problemAnswers } from './document-problems.ts'
import { type Dictionary, reachable, sorted, usedSchemas } from './used-schemas.ts'

interface Operation {
  'x-problems'?: readonly ErrorCode[]
  requestBody?: RequestBody
  responses?: Record<string, { description?: string }>
}

interface Document {
  paths?: Record<string, Record<string, Operation>>
  components?: { schemas?: Dictionary; [key: string]: unknown }
}

interface RequestBody {
  required: boolean
  content: Record<string, { schema: { anyOf?: Dictionary[] } }>
}

/** Corrects the generated document: duplicate schemas, optional bodies, missing descriptions and answers, and the order of schemas. */
export function polishDocument<T extends object>(generated: T): T {
  const document = foldInputSchemas(generated) as Document
  const answers: Dictionary = {}
  for (const operations of Object.values(document.paths ?? {}))
    for (const operation of Object.values(operations)) {
      const { requestBody, responses = {}, 'x-problems': codes = [] } = operation
      allowNoBody(requestBody)
      for (const response of Object.values(responses)) describeSuccess(response)
      const problems = problemAnswers(codes)
      Object.assign(responses, problems.responses)
      Object.assign(answers, problems.components)
      delete operation['x-problems']
    }
  addLinks(document.paths ?? {})
  const { components: { schemas = {}, ...others } = {}, ...rest } = document
  const components = { ...others, responses: sorted(answers) }
  return {
    ...document,
    components: { ...components, schemas: usedSchemas([rest, components], schemas) },
  } as T
}

/**
 * fastify-type-provider-zod registers each schema twice: `X` for answers, and `XInput` for requests, where fields with a default may
 * be left out. Both are kept only if answers use the one, requests the other, and they differ.
 */
function foldInputSchemas(generated: object): object {
  const { components, ...rest } = generated as Document
  const schemas = components?.schemas ?? {}
  const inputs = Object.keys(schemas).filter(name => name.endsWith('Input'))
  const answered = JSON.stringify([rest, Object.entries(schemas).filter(([name]) => !inputs.includes(name))])
  const requested = reachable(rest, schemas)
  const folded: string[] = []
  for (const input of inputs) {
    const name = input.slice(0, -'Input'.length)
    const isAnswered = answered.includes(`#/components/schemas/${name}"`)
    const isSame = JSON.stringify(schemas[name]) === JSON.stringify(schemas[input])
    if (isAnswered && requested.has(input) && !isSame) continue
    if (!isAnswered) schemas[name] = schemas[input]!
    delete schemas[input]
    folded.push(input)
  }
  const references = new RegExp(`(#/components/schemas/)(${folded.join('|')})"`, 'g')
  return JSON.parse(
    JSON.stringify(generated).replace(references, (_, path, input) => `${path}${input.slice(0, -5)}"`),
  )
}

/** A body that may be null may be left out: routes receive null then. */
function allowNoBody(body: RequestBody | undefined): void {
  const { anyOf = [] } = body?.content['application/json']?.schema ?? {}
  if (body && anyOf.some(({ type }) => type === 'null')) body.required = false
}

/** A description is required; the generator has this one for an answer without its own. */
function describeSuccess(response: { description?: string }): void {
  if (response.description === 'Default Response') response.description = 'Success.'
}
