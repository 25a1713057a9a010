import { basename } from 'node:path'
import { AnswerError, AuthenticationError, Thresher } from '@thresher/client'
import { download } from '@thresher/client/files'

// npm run download -- URL [FILE]: downloads an artifact, continues an interrupted download, and verifies the digest. THRESHER_KEY is the
// key, for a service that has keys.
const [url = '', file] = process.argv.slice(2)
const key = process.env.THRESHER_KEY

try {
  if (!URL.canParse(url)) throw new Error(`"${url}" is not a URL; use: npm run download -- URL [FILE]`)
  const { origin, pathname } = new URL(url)
  const path = file ?? basename(pathname)
  const client = new Thresher({ url: origin, ...(key && { key }) })
  const { sha256 } = await download(client, url, path)
  console.log(`${path}: sha256 ${sha256}, verified`)
} catch (error) {
  console.error(reasonOf(error as Error))
  process.exitCode = 1
}

function reasonOf(error: Error): string {
  if (!(error instanceof AnswerError)) return error.message
  const reason = `${url} answered ${error.status}: ${error.message}`
  return key === undefined && error instanceof AuthenticationError
    ? `${reason} Set THRESHER_KEY to a key of the service.`
    : reason
}
