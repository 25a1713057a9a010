import type { Dictionary } from './used-schemas.ts'

interface Schema {
  properties?: Record<string, { const?: string }>
  required?: readonly string[]
  oneOf?: readonly Schema[]
  anyOf?: readonly Schema[]
}

/**
 * Gives every option of a named union a name: of the field that has another constant in each option, and of the union, as in `GrdaOptimizer`.
 * Generators of clients would number them, and cannot use a discriminator without names.
 */
export function nameOptions(schemas: Dictionary): Dictionary {
  const named: Record<string, object> = {}
  for (const [union, schema] of Object.entries(schemas as Record<string, Schema>)) {
    const options = schema.oneOf ?? schema.anyOf
    const field = options && discriminatorOf(options)
    if (!field) {
      named[union] = schema
      continue
    }
    const names = options.map(option => nameOf(option.properties![field]!.const!, union))
    options.forEach((option, index) => {
      named[names[index]!] = option
    })
    const refs = names.map(name => `#/components/schemas/${name}`)
    const { oneOf: _, anyOf: __, ...rest } = schema
    named[union] = {
      ...rest,
      oneOf: refs.map($ref => ({ $ref })),
      discriminator: {
        propertyName: field,
        mapping: Object.fromEntries(
          options.map(({ properties }, index) => [properties![field]!.const, refs[index]]),
        ),
      },
    }
  }
  return named as Dictionary
}

/** The field that is required and has another constant in each option. */
function discriminatorOf([first, ...others]: readonly Schema[]): string | undefined {
  const constantOf = ({ properties, required }: Schema, field: string) =>
    required?.includes(field) ? properties?.[field]?.const : undefined
  return Object.keys(first?.properties ?? {}).find(field => {
    const constants = [first!, ...others].map(option => constantOf(option, field))
    return constants.every(each => typeof each === 'string') && new Set(constants).size === constants.length
  })
}

/** The name of an `XInput` ends with `Input` too. */
function nameOf(constant: string, union: string): string {
  return `${constant.replace(/(^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_, __, letter) => letter.toUpperCase())}${union}`
}
