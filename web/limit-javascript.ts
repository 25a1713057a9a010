import { gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

/** Prints the JavaScript of all chunks in gzipped bytes, and fails the build above `limit`. */
export function limitJavaScript(limit: number): Plugin {
  return {
    name: 'limit-javascript',
    apply: 'build',
    writeBundle(_, bundle) {
      const chunks = Object.values(bundle).filter(file => file.type === 'chunk')
      const total = chunks.reduce((sum, { code }) => sum + gzipSync(code, { level: 9 }).length, 0)
      const size = `${(total / 1000).toFixed(1)} KB of JavaScript gzipped in ${chunks.length} files`
      if (total > limit) this.error(`${size}; at most ${limit / 1000} KB are allowed.`)
      this.info(`${size}, at most ${limit / 1000} KB`)
    },
  }
}
