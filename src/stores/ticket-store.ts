import type { Redis } from 'ioredis'
import { digestOf, newSecret } from './key-secret.ts'
import type { Grant } from './key-store.ts'
import { redisKeys } from './redis-keys.ts'

export const TICKET_SECONDS = 30

/** Tickets: each opens one stream with the rights of a key, because browsers cannot send headers when they open one. */
export class TicketStore {
  readonly #redis: Redis

  constructor(redis: Redis) {
    this.#redis = redis
  }

  /** @param grant absent: the service has no keys; the ticket is not valid once it has one */
  async create(grant: Grant | undefined): Promise<string> {
    const ticket = newSecret()
    await this.#redis.set(
      redisKeys.ticket(digestOf(ticket)),
      JSON.stringify(grant ?? null),
      'EX',
      TICKET_SECONDS,
    )
    return ticket
  }

  /** The grant of a ticket, only once. */
  async spend(ticket: string): Promise<Grant | undefined> {
    const grant = await this.#redis.getdel(redisKeys.ticket(digestOf(ticket)))
    return JSON.parse(grant ?? 'null') ?? undefined
  }
}
