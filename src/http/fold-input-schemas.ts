import { type Dictionary, reachable } from './used-schemas.ts'

const REFERENCE = /(#\/components\/schemas\/\w+?)Input"/g

/**
 * fastify-type-provider-zod registers each schema twice: `X` for answers, and `XInput` for requests, where fields with a default may
 * be left out. Both are kept only if answers use the one, requests the other, and they differ, in themselves or in what they refer to.
 */
export function foldInputSchemas<D extends { components?: { schemas?: Dictionary } }>(generated: D): D {
  const { components, ...rest } = generated
  const schemas = components?.schemas ?? {}
  const inputs = Object.keys(schemas).filter(name => name.endsWith('Input'))
  const used = reachable(rest, schemas)
  const different = differentInputs(inputs, schemas)
  const folded: string[] = []
  for (const input of inputs) {
    const name = baseOf(input)
    if (used.has(name) && used.has(input) && different.has(input)) continue
    if (!used.has(name)) schemas[name] = schemas[input]!
    delete schemas[input]
    folded.push(input)
  }
  const references = new RegExp(`(#/components/schemas/)(${folded.join('|')})"`, 'g')
  return JSON.parse(
    JSON.stringify(generated).replace(references, (_, path, input) => `${path}${baseOf(input)}"`),
  )
}

/** The inputs that differ from their bases, and those that refer to such an input. */
function differentInputs(inputs: readonly string[], schemas: Dictionary): Set<string> {
  const textOf = (name: string) => JSON.stringify(schemas[name])
  const plain = (name: string) => textOf(name).replace(REFERENCE, '$1"')
  const different = new Set(inputs.filter(input => plain(input) !== plain(baseOf(input))))
  for (let before = -1; different.size > before; ) {
    before = different.size
    for (const input of inputs)
      if ([...reachable(schemas[input], schemas)].some(name => different.has(name))) different.add(input)
  }
  return different
}

function baseOf(input: string): string {
  return input.slice(0, -'Input'.length)
}
