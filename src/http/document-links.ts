interface Operation {
  operationId?: string
  /** The path parameter that stands for the resource that the operation creates. */
  'x-creates'?: string
  responses?: Record<string, object>
}

type Paths = Record<string, Record<string, Operation>>

const CREATED = ['201', '202']
const LOCATION = { required: true, schema: { type: 'string' }, description: 'The path of the resource.' }

/** Adds to each answer of an operation that creates a resource its header `Location`, and links to the operations on that resource. */
export function addLinks(paths: Paths): void {
  for (const operations of Object.values(paths))
    for (const operation of Object.values(operations)) {
      const { 'x-creates': parameter, responses = {} } = operation
      delete operation['x-creates']
      if (parameter === undefined) continue
      for (const status of CREATED.filter(each => each in responses))
        responses[status] = {
          ...responses[status],
          headers: { Location: LOCATION },
          links: linksTo(paths, parameter),
        }
    }
}

/** A link to each operation with the parameter in its path. */
function linksTo(paths: Paths, parameter: string) {
  const operations = Object.entries(paths)
    .filter(([path]) => path.includes(`{${parameter}}`))
    .flatMap(([, operations]) => Object.values(operations))
  return Object.fromEntries(
    operations.map(({ operationId }) => [
      operationId!,
      { operationId, parameters: { [parameter]: '$response.body#/id' } },
    ]),
  )
}
