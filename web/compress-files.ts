import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import type { Plugin, ResolvedConfig } from 'vite'

const ENCODINGS = { '.br': promisify(brotliCompress), '.gz': promisify(gzip) }

/** Writes compressed forms beside the scripts and styles of a build. The api sends the one that the browser accepts. */
export function compressFiles(): Plugin {
  let config: ResolvedConfig
  return {
    name: 'compress-files',
    apply: 'build',
    configResolved(resolved) {
      config = resolved
    },
    async closeBundle() {
      const folder = join(config.root, config.build.outDir, config.build.assetsDir)
      const files = (await readdir(folder)).filter(name => /\.(js|css)$/.test(name))
      await Promise.all(files.map(name => compress(join(folder, name))))
    },
  }
}

async function compress(path: string): Promise<void> {
  const content = await readFile(path)
  for (const [extension, encode] of Object.entries(ENCODINGS))
    await writeFile(path + extension, await encode(content))
}
