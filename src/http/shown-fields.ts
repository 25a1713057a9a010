import type { z } from 'zod'

/**
 * The fields of a stored record that a resource names. Other fields are not sent to clients: a field that is added to the record stays
 * private until it is added to the resource.
 */
export function shownFields<Shape extends z.ZodRawShape, Stored extends object>(
  resource: z.ZodObject<Shape>,
  stored: Stored,
): Pick<Stored, keyof Shape & keyof Stored> {
  const shown = Object.entries(stored).filter(([field]) => Object.hasOwn(resource.shape, field))
  return Object.fromEntries(shown) as Pick<Stored, keyof Shape & keyof Stored>
}
