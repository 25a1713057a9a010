import { z } from 'zod'
import type { Layer } from './model-spec.ts'

export const size = z.int().min(1).max(1_000_000)
export const nothing = z.null('is not trained here: leave it out').optional()

/** Makes the layer that a config describes, but for its name and inputs. @param isLast whether its output goes to the loss as it is */
export type Converter = (
  config: unknown,
  isLast: boolean,
) => { layer: Omit<Layer, 'name'> } | { issue: z.core.$ZodIssue }

/** A converter that checks the config first. */
export function converter<Shape extends z.ZodRawShape>(
  shape: (isLast: boolean) => Shape,
  convert: (config: z.output<z.ZodObject<Shape>>) => object,
): Converter {
  return (config, isLast) => {
    const { data, error } = z.object(shape(isLast)).safeParse(config)
    return data ? { layer: convert(data) as Omit<Layer, 'name'> } : { issue: error!.issues[0]! }
  }
}
