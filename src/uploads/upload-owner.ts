import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Redis } from 'ioredis'
import { redisKeys } from '#stores/redis-keys.ts'

const NAME = 'owner'
/** How long the files of a host are waited for after its last sign of life. */
export const AWAY_SECONDS = 86_400

/**
 * Who owns the uploads below a root: the folder itself, by an id that lies in it, whatever processes come and go.
 * @returns nothing where no upload ever arrived
 */
export async function uploadOwner(root: string): Promise<string | undefined> {
  return await readFile(join(root, NAME), 'utf8').catch(() => undefined)
}

/** The same; the id is made when there is none. */
export async function ensureUploadOwner(root: string): Promise<string> {
  const known = await uploadOwner(root)
  if (known) return known
  await mkdir(root, { recursive: true })
  const unfinished = join(root, `${NAME}.${randomUUID()}`)
  await writeFile(unfinished, randomUUID())
  // Of several processes that do this at a time one succeeds, and all read the same.
  await link(unfinished, join(root, NAME)).catch(() => {})
  await rm(unfinished)
  return await readFile(join(root, NAME), 'utf8')
}

/** Says that the files of an owner are within reach of a process that lives. */
export async function renewUploadOwner(redis: Redis, owner: string): Promise<void> {
  await redis.set(redisKeys.uploadOwner(owner), Date.now(), 'EX', AWAY_SECONDS)
}

/** Whether no process has had the files of an owner for a day. */
export async function isUploadOwnerAway(redis: Redis, owner: string): Promise<boolean> {
  return (await redis.exists(redisKeys.uploadOwner(owner))) === 0
}
