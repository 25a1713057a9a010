import { z } from 'zod'
import type { Initializer } from './model-spec.ts'

const INITIALIZERS: readonly Initializer[] = [
  'glorotUniform',
  'glorotNormal',
  'heUniform',
  'heNormal',
  'lecunUniform',
  'lecunNormal',
  'zeros',
  'ones',
]

/** `glorot_uniform`, `GlorotUniform`, or as the variance scaling that it is (TensorFlow.js). */
function initializerOf(value: unknown): Initializer | undefined {
  const { class_name: kind, config } =
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  const name = kind === 'VarianceScaling' ? scalingName(config as Record<string, unknown>) : (kind ?? value)
  const plain = String(name).replaceAll('_', '').toLowerCase()
  return INITIALIZERS.find(known => known.toLowerCase() === plain)
}

function scalingName({ scale, mode, distribution }: Record<string, unknown> = {}): string {
  const families: Readonly<Record<string, string>> = {
    '1fanavg': 'glorot',
    '2fanin': 'he',
    '1fanin': 'lecun',
  }
  const family = families[`${scale}${String(mode).replace('_', '').toLowerCase()}`]
  return `${family}${distribution === 'uniform' ? 'Uniform' : 'Normal'}`
}

/** An option that is an initialiser. */
export const initializer = (usual: Initializer) =>
  z
    .unknown()
    .optional()
    .transform((value, context) => {
      const found = value === undefined ? usual : initializerOf(value)
      if (!found) context.addIssue(`must be one of: ${INITIALIZERS.join(', ')}`)
      return found ?? usual
    })

export const always = (only: Initializer) =>
  initializer(only).refine(found => found === only, `must be ${only}`)
