import { basename } from 'node:path'
import { download } from '#src/client/download.ts'

// npm run download -- URL [FILE]: downloads an artifact, continues an interrupted download, and verifies the digest.
const [url, file = basename(new URL(url!).pathname)] = process.argv.slice(2)
const key = process.env.THRESHER_KEY
const sha256 = await download(url!, file, key ? { authorization: `Bearer ${key}` } : {})
console.log(`${file}: sha256 ${sha256}, verified`)
