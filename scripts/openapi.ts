import { readFile, writeFile } from 'node:fs/promises'
import { stringify } from 'yaml'
import type { Children } from '#children/open-children.ts'
import { generateTypes } from '#client/generate-types.ts'
import { generatePythonTypes } from '#client/python/generate-types.ts'
import { asyncapiDocument } from '#http/asyncapi.ts'
import { createApp } from '#src/app.ts'
import type { ServiceStores } from '#stores/connect.ts'

// Writes openapi.yaml and asyncapi.yaml from the schemas of the routes and of the frames of streams, and the types of the clients from it; with --check, fails if a committed file differs.
// The routes are only described, so no stores are needed.
const app = await createApp({} as ServiceStores, {} as Children, {})
await app.ready()
const document = app.swagger()
await app.close()
const yaml = (document: object) => stringify(document, { aliasDuplicateObjects: false, lineWidth: 110 })
const files = {
  'openapi.yaml': yaml(document),
  'asyncapi.yaml': yaml(asyncapiDocument(document)),
  'client/src/contract.ts': await generateTypes(document),
  'client/python/src/thresher/contract.py': generatePythonTypes(document),
}
for (const [file, written] of Object.entries(files)) {
  if (!process.argv.includes('--check')) {
    await writeFile(file, written)
  } else if (written !== (await readFile(file, 'utf8').catch(() => ''))) {
    console.error(`${file} differs from the routes; run: npm run openapi`)
    process.exitCode = 1
  }
}
