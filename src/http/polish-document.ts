import type { ErrorCode } from '#domain/error.ts'
import { closeTuples } from './close-tuples.ts'
import { addLinks } from './document-links.ts'
import { problemAnswers } from './document-problems.ts'
import { foldInputSchemas } from './fold-input-schemas.ts'
import { nameOptions } from './name-options.ts'
import { simplifyParameters } from './simplify-parameters.ts'
import { type Dictionary, sorted, usedSchemas } from './used-schemas.ts'

interface Operation {
  'x-problems'?: readonly ErrorCode[]
  requestBody?: RequestBody
  parameters?: Parameters<typeof simplifyParameters>[0]
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
  const document = foldInputSchemas(withNamedOptions(closeTuples(generated as Document)))
  const answers: Dictionary = {}
  for (const operations of Object.values(document.paths ?? {}))
    for (const operation of Object.values(operations)) {
      const { requestBody, parameters, responses = {}, 'x-problems': codes = [] } = operation
      allowNoBody(requestBody)
      simplifyParameters(parameters)
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

function withNamedOptions({ components, ...document }: Document): Document {
  return { ...document, components: { ...components, schemas: nameOptions(components?.schemas ?? {}) } }
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
