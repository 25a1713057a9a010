import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { NoBody } from '#http/no-body.ts'
import { callerOf, type StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { TICKET_SECONDS } from '#stores/ticket-store.ts'

const schema = {
  operationId: 'createTicket',
  tags: ['keys and tenants'],
  summary: 'Create a ticket',
  description: 'It opens one stream within 30 s with the rights of the key, as `?ticket=TICKET`.',
  body: NoBody,
  response: { 201: z.object({ ticket: z.string(), expiresAt: z.iso.datetime() }).meta({ id: 'Ticket' }) },
}

export const createTicketRoute =
  (storesOf: StoresOf): FastifyPluginAsyncZod =>
  async app => {
    app.post('/v1/tickets', { schema, config: routeConfig({ scope: 'read' }) }, async (request, reply) => {
      const { tickets } = storesOf(request)
      const ticket = await tickets.create(callerOf(request)?.grant)
      const expiresAt = new Date(Date.now() + TICKET_SECONDS * 1000).toISOString()
      return reply.code(201).header('cache-control', 'no-store').send({ ticket, expiresAt })
    })
  }
