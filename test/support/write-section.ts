import { readFile, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, totalmem } from 'node:os'

const RESULTS = 'bench/results.md'

/** Writes a section to bench/results.md. It replaces the section that an earlier run wrote under the same title. */
export async function writeSection(title: string, body: string): Promise<void> {
  const before = await readFile(RESULTS, 'utf8').catch(() => '# Measured results\n')
  const sections = before.split(/^(?=## )/m).map(section => section.trimEnd())
  const section = `## ${title}\n\n${body}\n\n${stamp()}`
  const index = sections.findIndex(existing => existing.startsWith(`## ${title}\n`))
  if (index === -1) sections.push(section)
  else sections[index] = section
  await writeFile(RESULTS, `${sections.join('\n\n')}\n`)
  console.log(`\n${section}`)
}

/** The date, the Node version and the kind of machine. */
function stamp(): string {
  const memoryGiB = Math.round(totalmem() / 2 ** 30)
  const processor = `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'})`
  return `${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${processor}, ${memoryGiB} GiB.`
}
