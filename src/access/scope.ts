import { z } from 'zod'

/** What a key may do: `read` everything of its tenant, also `submit` and change work, also `admin`ister keys, webhooks and limits. */
export const Scope = z.enum(['read', 'submit', 'admin'])
export type Scope = z.infer<typeof Scope>

/** Whether the scopes of a key include one that a route needs. A larger scope includes the smaller ones. */
export function permits(scopes: readonly Scope[], needed: Scope): boolean {
  return scopes.some(scope => Scope.options.indexOf(scope) >= Scope.options.indexOf(needed))
}
