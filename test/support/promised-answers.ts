import { readFile } from 'node:fs/promises'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { parse } from 'yaml'

interface Operation {
  responses: Record<string, { content?: Record<string, unknown> }>
}

/** Every GET of openapi.yaml that answers a record as JSON, and what an answer of it does not keep of what is promised there. */
export async function promisedAnswers() {
  const contract: { paths: Record<string, { get?: Operation }> } = parse(
    await readFile('openapi.yaml', 'utf8'),
  )
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  ajv.addSchema(contract, 'contract')
  const paths = Object.keys(contract.paths).filter(path => {
    const content = contract.paths[path]!.get?.responses['200']?.content ?? {}
    // A file may be JSON too.
    return 'application/json' in content && !('application/octet-stream' in content)
  })
  const pointer = (path: string) => encodeURIComponent(path.replaceAll('~', '~0').replaceAll('/', '~1'))
  const answers = '/get/responses/200/content/application~1json/schema'
  return paths.map(path => {
    const isKept = ajv.compile({ $ref: `contract#/paths/${pointer(path)}${answers}` })
    return {
      path,
      /** @returns what is wrong; none where an answer is as promised */
      faults(answer: unknown): string[] {
        isKept(answer)
        return (isKept.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
      },
    }
  })
}
