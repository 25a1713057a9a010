import { type Zippable, zipSync } from 'fflate'

/** The earliest time that a zip can represent, so that the same files produce the same bytes. */
const NO_TIME = new Date(1980, 0, 1)

/** A zip of the files in the order of the record; files that are already compressed should be `stored`. */
export function zipFiles(files: Readonly<Record<string, Uint8Array>>, stored = false): Uint8Array {
  const entries = Object.entries(files).map(([name, bytes]) => [
    name,
    [bytes, { level: stored ? 0 : 6, mtime: NO_TIME }],
  ])
  return zipSync(Object.fromEntries(entries) as Zippable)
}
