/** A block of shell commands in a page. */
export interface CommandBlock {
  /** Of its first line, from 1. */
  line: number
  commands: string
  /** Why the tests do not run it: from the comment `<!-- not run: REASON -->` above it. */
  notRun: string | undefined
  /** Whether it needs a service with keys: it has the comment `<!-- with keys -->` above it. */
  needsKeys: boolean
}

const FENCE = /^```(\w*)/
const WITH_KEYS = '<!-- with keys -->'
const NOT_RUN = /^<!-- not run: (.+) -->$/
/** What a line begins with if it is a command for a shell. */
const COMMAND =
  /^\s*(\$ )?([A-Z_]+=\S* )*([A-Z_]+=\$\(|export |cd |curl |docker |git |jq |node |npm |npx |pip |python3? |redis-|sudo |thresher )/

/** The blocks of a Markdown page that are fenced as `sh`. */
export function commandBlocks(markdown: string): CommandBlock[] {
  const lines = markdown.split('\n')
  const blocks: CommandBlock[] = []
  for (let index = 0; index < lines.length; index++) {
    const language = FENCE.exec(lines[index]!)?.[1]
    if (language === undefined) continue
    const end = lines.indexOf('```', index + 1)
    const above = lines.slice(0, index).findLast(line => line.trim() !== '') ?? ''
    const commands = lines.slice(index + 1, end).join('\n')
    const needsKeys = above === WITH_KEYS
    if (language === 'sh')
      blocks.push({ line: index + 2, commands, notRun: NOT_RUN.exec(above)?.[1], needsKeys })
    index = end
  }
  return blocks
}

/** The numbers of the lines that look like commands and are in no block that is fenced as `sh`. */
export function unfencedCommands(markdown: string): number[] {
  const found: number[] = []
  let fence: string | undefined
  for (const [index, line] of markdown.split('\n').entries()) {
    const opened = FENCE.exec(line)
    if (opened) fence = fence === undefined ? opened[1] : undefined
    else if (
      fence === undefined ? /^ {4}/.test(line) && COMMAND.test(line) : fence !== 'sh' && COMMAND.test(line)
    )
      found.push(index + 1)
  }
  return found
}
