import { readdirSync } from 'node:fs'

/**
 * Runs the file that the command line names: NAME + `ending` in one of `folders`, which are relative to the project. The file reads its
 * options from the rest of the command line. Exits with code 2 and lists the names if there is no such file.
 */
export async function runNamed(command: string, folders: readonly string[], ending: string): Promise<void> {
  const files = new Map(
    folders.flatMap(folder => {
      const url = new URL(`../${folder}/`, import.meta.url)
      const names = readdirSync(url).filter(entry => entry.endsWith(ending))
      return names.map(name => [name.slice(0, -ending.length), new URL(name, url).href] as const)
    }),
  )
  const [name = ''] = process.argv.splice(2, 1)
  const file = files.get(name)
  if (file) {
    await import(file)
    return
  }
  console.error(`${command} -- NAME, where NAME is one of: ${[...files.keys()].sort().join(', ')}`)
  process.exit(2)
}
