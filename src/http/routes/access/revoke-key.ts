import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AppError } from '#domain/error.ts'
import { principalOf, type StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { KeyParams, requireKey } from './read-keys.ts'

const LAST_OPERATOR =
  'This is the last admin key of the tenant `default`. Create another one first: keys can be created by such a key only.'

const schema = {
  operationId: 'revokeKey',
  tags: ['keys and tenants'],
  summary: 'Revoke a key',
  description:
    'The key is refused from now on, its open streams end, and it stays listed. Idempotent; 409 for the last admin key of the tenant `default`.',
  params: KeyParams,
  response: { 204: z.null().describe('Revoked.') },
}

export const revokeKeyRoute =
  (storesOf: StoresOf): FastifyPluginAsyncZod =>
  async app => {
    app.delete(
      '/v1/keys/:keyId',
      { schema, config: routeConfig({ scope: 'admin', problems: ['conflict'] }) },
      async (request, reply) => {
        const { keys } = storesOf(request)
        const caller = principalOf(request)
        const key = await requireKey(keys, caller, request.params.keyId)
        if (await keys.isLastOperator(key)) throw new AppError('conflict', LAST_OPERATOR)
        const { id: keyId, tenant } = key
        await keys.revoke(keyId)
        request.log.info({ keyId, tenant, revokedBy: caller.keyId }, 'key revoked')
        return reply.code(204).send(null)
      },
    )
  }
