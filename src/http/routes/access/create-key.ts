import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { KeyRequest, keyMistakes, manages } from '#access/key.ts'
import { DEFAULT_TENANT } from '#access/owner.ts'
import { AppError, invalidFields } from '#domain/error.ts'
import { KeyResource, keyResource } from '#http/key-resource.ts'
import { principalOf, type StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'

const schema = {
  operationId: 'createKey',
  tags: ['keys and tenants'],
  summary: 'Create a key',
  description: 'The text of the key is in this answer only.',
  body: KeyRequest,
  response: {
    201: KeyResource.extend({ key: z.string().describe('Send it as `Authorization: Bearer KEY`.') }).meta({
      id: 'NewKey',
    }),
  },
}

export const createKeyRoute =
  (storesOf: StoresOf): FastifyPluginAsyncZod =>
  async app => {
    app.post(
      '/v1/keys',
      { schema, config: routeConfig({ scope: 'admin', creates: 'keyId' }) },
      async (request, reply) => {
        const { body, log } = request
        const caller = principalOf(request)
        const { tenant = caller.tenant, ...facts } = body
        if (!manages(caller, tenant))
          throw new AppError(
            'forbidden',
            `Only a key of the tenant "${DEFAULT_TENANT}" creates keys of other tenants.`,
          )
        const mistakes = keyMistakes(body, caller, Date.now())
        if (mistakes.length > 0) throw invalidFields(mistakes)
        const { keys } = storesOf(request)
        const { key, text } = await keys.create({ ...facts, tenant, createdBy: caller.keyId })
        log.info({ keyId: key.id, tenant, createdBy: caller.keyId }, 'key created')
        reply.headers({ location: `/v1/keys/${key.id}`, 'cache-control': 'no-store' })
        return reply.code(201).send({ ...keyResource(key), key: text })
      },
    )
  }
