import { readFileSync } from 'node:fs'

/** The version of the package, also of its compiled form in dist/. */
export const SERVICE_VERSION: string = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
).version
