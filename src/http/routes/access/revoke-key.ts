import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { principalOf, type StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { KeyParams, requireKey } from './read-keys.ts'

const schema = {
  operationId: 'revokeKey',
  tags: ['keys and tenants'],
  summary: 'Revoke a key',
  description: 'The key is refused from now on, its open streams end, and it stays listed. Idempotent.',
  params: KeyParams,
  response: { 204: z.null().describe('Revoked.') },
}

export const revokeKeyRoute =
  (storesOf: StoresOf): FastifyPluginAsyncZod =>
  async app => {
    app.delete(
      '/v1/keys/:keyId',
      { schema, config: routeConfig({ scope: 'admin' }) },
      async (request, reply) => {
        const { keys } = storesOf(request)
        const caller = principalOf(request)
        const { id: keyId, tenant } = await requireKey(keys, caller, request.params.keyId)
        await keys.revoke(keyId)
        request.log.info({ keyId, tenant, revokedBy: caller.keyId }, 'key revoked')
        return reply.code(204).send(null)
      },
    )
  }
