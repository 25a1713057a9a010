import { gzipSync } from 'node:zlib'
import type { Plugin, Rolldown } from 'vite'

type Chunks = Map<string, Rolldown.OutputChunk>

/** Fails the build if a page loads more than `limit` bytes of gzipped JavaScript, its libraries included. Prints the largest page and the sum. */
export function limitJavaScript(limit: number): Plugin {
  return {
    name: 'limit-javascript',
    apply: 'build',
    writeBundle(_, bundle) {
      const chunks: Chunks = new Map()
      for (const file of Object.values(bundle)) if (file.type === 'chunk') chunks.set(file.fileName, file)
      const entry = [...chunks.values()].find(chunk => chunk.isEntry)!
      const pages = [...chunks.values()]
        .filter(chunk => chunk.isDynamicEntry)
        .map(page => ({ name: page.name, bytes: sizeOf(chunks, [entry.fileName, page.fileName]) }))
      const largest = pages.reduce((most, page) => (page.bytes > most.bytes ? page : most))
      const words = `The page ${largest.name} loads ${kilobytes(largest.bytes)} of JavaScript gzipped`
      if (largest.bytes > limit) this.error(`${words}; at most ${kilobytes(limit)} are allowed.`)
      const all = kilobytes(sizeOf(chunks, [...chunks.keys()]))
      this.info(
        `${words}, the most of ${pages.length} pages (limit ${kilobytes(limit)}); all files together have ${all}.`,
      )
    },
  }
}

/** The gzipped bytes of chunks and of everything that they import when they are loaded. */
function sizeOf(chunks: Chunks, roots: string[]): number {
  const loaded = new Set<string>()
  const load = (name: string) => {
    if (loaded.has(name)) return
    loaded.add(name)
    for (const imported of chunks.get(name)?.imports ?? []) load(imported)
  }
  for (const root of roots) load(root)
  return [...loaded].reduce(
    (sum, name) => sum + gzipSync(chunks.get(name)?.code ?? '', { level: 9 }).length,
    0,
  )
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} KB`
}
