interface Schema {
  type?: string
  pattern?: string
  items?: Schema
  anyOf?: readonly Schema[]
}

interface Parameter {
  schema?: Schema
}

/**
 * Replaces the unions in the schemas of parameters for which generators have no good types: a value or a list of it is a list, since one
 * value is a list of one, and strings of several forms are strings.
 */
export function simplifyParameters(parameters: readonly Parameter[] = []): void {
  for (const parameter of parameters) {
    const { anyOf, ...schema } = parameter.schema ?? {}
    const simple = anyOf && (listOf(anyOf) ?? stringOf(anyOf))
    if (simple) parameter.schema = { ...schema, ...simple }
  }
}

function listOf(options: readonly Schema[]): Schema | undefined {
  const list = options.find(({ type }) => type === 'array')
  const isSame = ({ type, ...option }: Schema) =>
    type === 'array' || JSON.stringify({ type, ...option }) === JSON.stringify(list?.items)
  return list && options.every(isSame) ? list : undefined
}

function stringOf(options: readonly Schema[]): Schema | undefined {
  if (!options.every(({ type, pattern }) => type === 'string' && pattern !== undefined)) return undefined
  return { type: 'string', pattern: options.map(({ pattern }) => `(?:${pattern})`).join('|') }
}
