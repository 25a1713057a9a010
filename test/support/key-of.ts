import type { KeyRequest } from '#access/key.ts'
import { DEFAULT_TENANT } from '#access/owner.ts'
import type { Stores } from '#stores/connect.ts'

/** Stores a new key. @returns its id, its text, and the header that carries it */
export async function keyOf({ keys }: Pick<Stores, 'keys'>, facts: Partial<KeyRequest> = {}) {
  const { tenant = DEFAULT_TENANT, scopes = ['admin'], name = 'a test', ...more } = facts
  const { key, text } = await keys.create({ name, tenant, scopes, createdBy: 'admin', ...more })
  return { id: key.id, text, headers: { authorization: `Bearer ${text}` } }
}
