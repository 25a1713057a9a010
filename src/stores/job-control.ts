import type { Redis } from 'ioredis'
import { redisKeys } from './redis-keys.ts'

/** Wakes the supervisor of a job whose status has changed. The supervisor polls the status too, so a lost message only costs time. */
export class JobControl {
  readonly #redis: Redis
  readonly #subscriber: Redis

  constructor(redis: Redis, subscriber: Redis) {
    this.#redis = redis
    this.#subscriber = subscriber
  }

  async wake(jobId: string): Promise<void> {
    await this.#redis.publish(redisKeys.controlChannel, jobId)
  }

  async onWake(listener: (jobId: string) => void): Promise<void> {
    this.#subscriber.on('message', (channel, jobId) => {
      if (channel === redisKeys.controlChannel) listener(jobId)
    })
    await this.#subscriber.subscribe(redisKeys.controlChannel)
  }
}
