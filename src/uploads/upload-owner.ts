import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Redis } from 'ioredis'
import { redisKeys } from '#stores/redis-keys.ts'

const NAME = 'owner'
/** The time after the last heartbeat of a host after which its files are considered lost. */
export const AWAY_SECONDS = 86_400

/**
 * The owner of the uploads below a root: an id that is stored in the folder, independent of the processes that use it.
 * @returns undefined if no upload has arrived there yet
 */
export async function uploadOwner(root: string): Promise<string | undefined> {
  return await readFile(join(root, NAME), 'utf8').catch(() => undefined)
}

/** The same; creates the id if there is none. */
export async function ensureUploadOwner(root: string): Promise<string> {
  const known = await uploadOwner(root)
  if (known) return known
  await mkdir(root, { recursive: true })
  const unfinished = join(root, `${NAME}.${randomUUID()}`)
  await writeFile(unfinished, randomUUID())
  // If several processes do this at a time, one succeeds, and all read the same id.
  await link(unfinished, join(root, NAME)).catch(() => {})
  await rm(unfinished)
  return await readFile(join(root, NAME), 'utf8')
}

/** Records that a running process has access to the files of an owner. */
export async function renewUploadOwner(redis: Redis, owner: string): Promise<void> {
  await redis.set(redisKeys.uploadOwner(owner), Date.now(), 'EX', AWAY_SECONDS)
}

/** Whether no process has had access to the files of an owner for a day. */
export async function isUploadOwnerAway(redis: Redis, owner: string): Promise<boolean> {
  return (await redis.exists(redisKeys.uploadOwner(owner))) === 0
}
