import { basename } from 'node:path'
import { download } from '#src/client/download.ts'

// npm run download -- URL [FILE]: downloads an artifact, continues an interrupted download, and verifies the digest. THRESHER_KEY is the
// key, for a service that has keys.
const [url = '', file] = process.argv.slice(2)
const key = process.env.THRESHER_KEY

try {
  if (!URL.canParse(url)) throw new Error(`"${url}" is not a URL; use: npm run download -- URL [FILE]`)
  const path = file ?? basename(new URL(url).pathname)
  const sha256 = await download(url, path, key ? { authorization: `Bearer ${key}` } : {})
  console.log(`${path}: sha256 ${sha256}, verified`)
} catch (error) {
  console.error(reasonOf(error))
  process.exitCode = 1
}

/** `fetch` reports only that it has failed; its cause has the reason. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error
  const reason = cause instanceof Error ? `${message}: ${cause.message}` : message
  return key === undefined && / answered 401\b/.test(reason)
    ? `${reason} Set THRESHER_KEY to a key of the service.`
    : reason
}
