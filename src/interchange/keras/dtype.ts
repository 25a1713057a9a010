import type { Warning } from '#domain/event.ts'
import type { Refuse } from '#network/check-topology.ts'
import type { KerasLayer } from './read-layer.ts'
import { listed, quoted } from './word.ts'

/** Dtypes of tokens and images, which are not valid for weights. */
const OF_INPUTS = /^u?int\d+$|^bool$/

/** The name of a dtype or policy, which Keras writes as a string or an object. */
function dtypeOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  const { config } = (value ?? {}) as { config?: { name?: unknown; mode?: unknown; source_name?: unknown } }
  if (typeof config?.mode === 'string') return config.mode
  return typeof config?.name === 'string' ? config.name : undefined
}

/**
 * All layers are trained in float32, whatever their dtype. @returns one warning for each other dtype @param refuse throws an error for a
 * layer whose weights are integers
 */
export function dtypeWarnings(layers: readonly KerasLayer[], root: string, refuse: Refuse): Warning[] {
  const firstOf = new Map<string, { path: string; names: string[] }>()
  for (const { className, config, name, path } of layers) {
    const dtype = dtypeOf(config.dtype)
    if (dtype === undefined || dtype === 'float32') continue
    const isQuantised = /^(int[48]|float8)/.test(dtype)
    if (className === 'InputLayer' || (!isQuantised && OF_INPUTS.test(dtype))) continue
    if (isQuantised)
      refuse(`${path}.config.dtype`, `is ${quoted(dtype)}: save the model before it is quantized`)
    const found = firstOf.get(dtype) ?? { path, names: [] }
    found.names.push(name)
    firstOf.set(dtype, found)
  }
  return [...firstOf].map(([dtype, { path, names }]) => ({
    code: 'trained_in_float32',
    path: `${root}${path}.config.dtype`,
    message: `${listed(names)} ${names.length > 1 ? 'are' : 'is'} ${quoted(dtype)} in the file; training and predictions are in float32.`,
  }))
}
