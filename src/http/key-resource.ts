import { z } from 'zod'
import { Key } from '#access/key.ts'
import { shownFields } from './shown-fields.ts'

/** A key as admins see it: without its secret. */
export const KeyResource = Key.extend({
  lastUsedAt: z.iso.datetime().optional().describe('Up to a minute older than the last use.'),
}).meta({ id: 'Key' })

export function keyResource(key: Key, lastUsedAt?: string): z.infer<typeof KeyResource> {
  return { ...shownFields(Key, key), ...(lastUsedAt !== undefined && { lastUsedAt }) }
}
