import { readFile, writeFile } from 'node:fs/promises'
import { stringify } from 'yaml'
import type { Children } from '#children/open-children.ts'
import { createApp } from '#src/app.ts'
import type { Stores } from '#stores/connect.ts'

// Writes openapi.yaml from the schemas of the routes; with --check, fails if the committed file differs.
const FILE = 'openapi.yaml'
// The routes are only described, so no stores are needed.
const app = await createApp({} as Stores, {} as Children, {})
await app.ready()
const written = stringify(app.swagger(), { aliasDuplicateObjects: false, lineWidth: 110 })
if (!process.argv.includes('--check')) {
  await writeFile(FILE, written)
} else if (written !== (await readFile(FILE, 'utf8').catch(() => ''))) {
  console.error(`${FILE} differs from the routes; run: npm run openapi`)
  process.exitCode = 1
}
await app.close()
