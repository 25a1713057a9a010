import { readFile, writeFile } from 'node:fs/promises'
import { stringify } from 'yaml'
import type { Children } from '#children/open-children.ts'
import { createApp } from '#src/app.ts'
import type { Stores } from '#stores/connect.ts'

// Writes openapi.yaml from the routes' zod schemas; --check fails when the committed file says something else.
const FILE = 'openapi.yaml'
// Describing the routes touches nothing behind them.
const app = await createApp({} as Stores, {} as Children, { adminKey: 'described, never used' })
await app.ready()
const written = stringify(app.swagger(), { aliasDuplicateObjects: false, lineWidth: 110 })
if (!process.argv.includes('--check')) {
  await writeFile(FILE, written)
} else if (written !== (await readFile(FILE, 'utf8').catch(() => ''))) {
  console.error(`${FILE} is not what the routes say; run: npm run openapi`)
  process.exitCode = 1
}
await app.close()
