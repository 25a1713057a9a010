import { z } from 'zod'
import { plainMessage } from '#interchange/plain-message.ts'
import type { Initializer, NamedInitializer, ParametricInitializer } from '#network/initializer-schema.ts'
import { plainWord } from './word.ts'

const NAMED: readonly NamedInitializer[] = [
  'glorotUniform',
  'glorotNormal',
  'heUniform',
  'heNormal',
  'lecunUniform',
  'lecunNormal',
  'zeros',
  'ones',
]

const normal = z.object({
  mean: z.number().default(0),
  stddev: z.number().positive('must be positive').default(0.05),
})

/** One of several words in any spelling: `fan_out`, `fanOut`. */
function plainEnum<Value extends string>(words: Readonly<Record<string, Value>>) {
  return z.unknown().transform((value, context): Value => {
    const plain = plainWord(value)
    if (Object.hasOwn(words, plain)) return words[plain]!
    context.addIssue(`must be one of: ${Object.keys(words).join(', ')}`)
    return Object.values(words)[0]!
  })
}

/** Parameters with Keras's defaults. */
const PARAMETERS = {
  randomUniform: z
    .object({ minval: z.number().default(-0.05), maxval: z.number().default(0.05) })
    .refine(({ minval, maxval }) => minval < maxval, 'must have a minval below its maxval'),
  randomNormal: normal,
  truncatedNormal: normal,
  constant: z.object({ value: z.number('must be a number').default(0) }),
  orthogonal: z.object({ gain: z.number().positive('must be positive').default(1) }),
  varianceScaling: z.object({
    scale: z.number().positive('must be positive').default(1),
    mode: plainEnum({ fanin: 'fanIn', fanout: 'fanOut', fanavg: 'fanAvg' }).default('fanIn'),
    distribution: plainEnum({
      uniform: 'uniform',
      normal: 'truncatedNormal',
      truncatednormal: 'truncatedNormal',
      untruncatednormal: 'normal',
    }).default('truncatedNormal'),
  }),
} as const satisfies Record<ParametricInitializer['name'], z.ZodType>
const PARAMETRIC = Object.keys(PARAMETERS) as ParametricInitializer['name'][]

/** Aliases in Keras. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['uniform', 'randomuniform'],
  ['normal', 'randomnormal'],
])

/** Variance scalings with a name, by scale and mode, and by distribution. */
const FAMILIES: ReadonlyMap<string, string> = new Map([
  ['1fanavg', 'glorot'],
  ['2fanin', 'he'],
  ['1fanin', 'lecun'],
])
const ENDINGS: ReadonlyMap<string, string> = new Map([
  ['uniform', 'Uniform'],
  ['normal', 'Normal'],
  ['truncatednormal', 'Normal'],
])

/** An option that is an initializer: `glorot_uniform`, `GlorotUniform`, or the equivalent variance scaling (TensorFlow.js). */
export const initializer = (usual: Initializer) =>
  z
    .unknown()
    .optional()
    .transform((value, context): Initializer => {
      if (value === undefined) return usual
      const { class_name: kind, config } = asEntry(value)
      const isScaling = kind === 'VarianceScaling'
      const plain = plainName(isScaling ? scalingName(config) : (kind ?? value))
      const named = NAMED.find(known => known.toLowerCase() === plain)
      if (named) return named
      const name = isScaling ? 'varianceScaling' : PARAMETRIC.find(known => known.toLowerCase() === plain)
      if (!name) {
        context.addIssue(`must be one of: ${[...NAMED, ...PARAMETRIC].join(', ')}`)
        return usual
      }
      const { data, error } = PARAMETERS[name].safeParse(config, { error: plainMessage })
      if (data) return { name, ...data } as Initializer
      const { path, message } = error!.issues[0]!
      context.addIssue({ code: 'custom', path: ['config', ...path], message })
      return usual
    })

export const always = (only: NamedInitializer) =>
  initializer(only).refine(found => found === only, `must be ${only}`)

function asEntry(value: unknown): { class_name?: unknown; config: Readonly<Record<string, unknown>> } {
  const { class_name, config } = asObject(value)
  return { class_name, config: asObject(config) }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function plainName(name: unknown): string {
  const plain = plainWord(name)
  return ALIASES.get(plain) ?? plain
}

function scalingName({ scale, mode, distribution }: Readonly<Record<string, unknown>>): string {
  const family = FAMILIES.get(`${plainWord(scale)}${plainWord(mode)}`)
  return `${family}${ENDINGS.get(plainWord(distribution))}`
}
