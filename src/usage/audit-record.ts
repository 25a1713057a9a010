import { z } from 'zod'

/** A request that writes, or that failed to authenticate. */
export const AuditRecord = z
  .object({
    id: z.string(),
    time: z.iso.datetime(),
    tenant: z.string().optional().describe('Absent, like `keyId`, of a request that failed to authenticate.'),
    keyId: z.string().optional(),
    operation: z.string().optional().describe('The `operationId` of the route; absent if there is no route.'),
    method: z.string(),
    path: z.string().describe('Without the query.'),
    targetId: z.string().optional().describe('The record that was created, or that the path names.'),
    status: z.int(),
    code: z.string().optional().describe('The code of the problem, if the request was refused.'),
    address: z.string().describe('The IP address of the client.'),
    userAgent: z.string().optional(),
    requestId: z.string(),
  })
  .meta({ id: 'AuditRecord' })
export type AuditRecord = z.infer<typeof AuditRecord>

/** A record that is not stored yet: the store gives it an id and the time. */
export type NewAuditRecord = Omit<AuditRecord, 'id' | 'time'>

/** Which records a list contains. */
export interface AuditFilter {
  keyId?: string | undefined
  operation?: string | undefined
}

export function isListed(record: AuditRecord, { keyId, operation }: AuditFilter): boolean {
  return (
    (keyId === undefined || record.keyId === keyId) &&
    (operation === undefined || record.operation === operation)
  )
}
