import type { Redis } from 'ioredis'
import { redisKeys } from './redis-keys.ts'

/** Announces that a sweep can advance. Sweeps are advanced periodically too, so a lost message only costs time. */
export class SweepControl {
  readonly #redis: Redis
  readonly #subscriber: Redis

  constructor(redis: Redis, subscriber: Redis) {
    this.#redis = redis
    this.#subscriber = subscriber
  }

  async wake(sweepId: string): Promise<void> {
    await this.#redis.publish(redisKeys.sweepChannel, sweepId)
  }

  /** Redis may not answer yet; then the calls begin later. @returns a function that stops them */
  onWake(listener: (sweepId: string) => void): () => void {
    const deliver = (channel: string, sweepId: string) => {
      if (channel === redisKeys.sweepChannel) listener(sweepId)
    }
    this.#subscriber.on('message', deliver)
    void this.#subscriber.subscribe(redisKeys.sweepChannel).catch(() => {})
    return () => this.#subscriber.off('message', deliver)
  }
}
