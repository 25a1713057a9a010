import { z } from 'zod'
import { PRESET_NAMES } from '#network/presets/preset-names.ts'

const GENERATED_ID = /^[a-z]+_[0-9a-z]{26}$/
const UPLOAD_ID = /^model_[0-9a-z]{26}$/
const REFERENCE = /^([A-Za-z0-9][A-Za-z0-9._-]{0,99})(?:@([1-9][0-9]{0,8}))?$/

/** The name of a registered model. It cannot be mistaken for a preset, an id, or a name with a version. */
export const ModelName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
    'must be 1 to 100 letters, digits, dots, dashes or underscores, and begin with a letter or a digit',
  )
  .refine(name => !GENERATED_ID.test(name), 'must not have the form of an id')
  .refine(
    name => !PRESET_NAMES.some(preset => preset === name),
    'must not be the name of a preset; the presets are built in',
  )

/** A model in a request: the id of an upload, or a registered name with or without its version. */
export const ModelReference = z
  .string()
  .regex(REFERENCE, 'must be the id of an uploaded model, or a registered name such as digits or digits@3')

/** The parts of a reference. */
export type ParsedReference = { id: string } | { name: string; version?: number }

/** @returns undefined for a text that cannot be a reference */
export function parseReference(text: string): ParsedReference | undefined {
  if (UPLOAD_ID.test(text)) return { id: text }
  const [, name, version] = REFERENCE.exec(text) ?? []
  if (name === undefined) return undefined
  return version === undefined ? { name } : { name, version: Number(version) }
}

/** The id of a model as clients see it: that of an upload, or name and version of a registered model. */
export function modelIdOf({ id, name, version }: { id: string; name: string; version?: number }): string {
  return version === undefined ? id : `${name}@${version}`
}

/** Whether the id of a model, as clients see it, is that of a registered version and not of an upload. */
export function isVersion(modelId: string | undefined): modelId is string {
  return modelId?.includes('@') ?? false
}
