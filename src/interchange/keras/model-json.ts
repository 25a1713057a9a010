import { z } from 'zod'
import { plainMessage } from '#interchange/plain-message.ts'
import type { Refuse } from '#network/check-topology.ts'
import { isDeeperThan, MOST_LEVELS, TOO_DEEP } from '#network/json-depth.ts'
import { plainEntry } from './entry.ts'
import { withPlainReferences } from './names.ts'
import { type KerasMajor, kerasMajor } from './version.ts'

/** The limit for a layer's name, which is part of variable names and of messages. */
export const MOST_NAME_LENGTH = 200

const LayerEntry = z.object({
  /** Only Keras 3 writes it. */
  module: z.string().nullish(),
  class_name: z.string(),
  name: z.string().max(MOST_NAME_LENGTH).optional(),
  config: z.record(z.string(), z.unknown()),
  inbound_nodes: z.array(z.unknown()).optional(),
})
/** A layer in the JSON. */
export type LayerEntry = z.infer<typeof LayerEntry>

const Model = z.object({
  class_name: z.enum(['Sequential', 'Functional', 'Model']),
  config: z.object({
    layers: z.array(z.preprocess(plainEntry, LayerEntry)).min(1).max(1000),
    build_input_shape: z.array(z.int().nullable()).optional(),
    trainable: z.boolean().nullish(),
    input_layers: z.unknown().optional(),
    output_layers: z.unknown().optional().transform(withPlainReferences),
  }),
})

/** A model's JSON, in one form for all versions of Keras and TensorFlow.js. */
export interface KerasJson extends Omit<z.infer<typeof Model>['config'], 'layers'> {
  isSequential: boolean
  entries: readonly LayerEntry[]
  /** The path of the entries, for errors. */
  path: string
  /** The version that defines the functions; absent if the JSON does not contain it. */
  major: KerasMajor | undefined
}

/** @param refuse throws an error for JSON that is not a model */
export function readKerasJson(json: unknown, refuse: Refuse): KerasJson {
  if (isDeeperThan(MOST_LEVELS, json)) refuse('', TOO_DEEP)
  const { model, version } = unwrap(json)
  // Keras before 2.2.3 and TensorFlow.js before 1.0 write the layers of a Sequential as a bare list.
  const isBare = isObject(model) && model.class_name === 'Sequential' && Array.isArray(model.config)
  const whole = isBare ? { ...model, config: { layers: model.config } } : model
  const { data, error } = Model.safeParse(whole, { error: plainMessage })
  if (!data) {
    const { path, message } = error.issues[0]!
    const place = isBare && path[1] === 'layers' ? ['config', ...path.slice(2)] : path
    refuse(['', ...place].join('.'), `${message}; it should be what model.to_json() of Keras writes`)
  }
  const { layers: entries, ...config } = data.config
  return {
    ...config,
    isSequential: data.class_name === 'Sequential',
    entries,
    path: isBare ? '.config' : '.config.layers',
    major: kerasMajor(version, model, entries),
  }
}

/** TensorFlow.js and older versions of Keras wrap the model in other objects, which may hold the version. */
function unwrap(json: unknown, outer?: string): { model: unknown; version: string | undefined } {
  if (!isObject(json)) return { model: json, version: outer }
  const { modelTopology, model_config: config, keras_version: own } = json
  const version = typeof own === 'string' ? own : outer
  const inner = modelTopology ?? config
  return inner === undefined || inner === null ? { model: json, version } : unwrap(inner, version)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
