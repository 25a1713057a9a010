import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { Thresher } from '@thresher/client'
import { Command } from 'commander'
import { configPath, writeConfig } from '../config-file.ts'
import { checkedKey } from '../connection.ts'
import { action, type Context } from '../context.ts'
import { examples } from '../examples.ts'
import { usageError } from '../failure.ts'
import type { Output } from '../terminal/output.ts'

export default function login(): Command {
  return new Command()
    .description('Stores the address of a service and a key for it, which only you can read.')
    .addHelpText(
      'after',
      examples(
        'thresher login --url https://thresher.example',
        'thresher login --url https://thresher.example < key.txt',
      ),
    )
    .action(action(run))
}

async function run(context: Context): Promise<void> {
  const { err, errColors, connection } = context
  const { url, isStored } = connection
  const key =
    (isStored ? undefined : connection.key) ??
    (process.stdin.isTTY ? await ask(`Key for ${url}: `, err) : (await text(process.stdin)).trim())
  if (key === '')
    throw usageError('There is no key. A service without keys needs no login: set THRESHER_URL instead.')
  await new Thresher({ url, key: checkedKey(key) }).workers.list()
  await writeConfig({ url, key })
  err.write(errColors.dim(`Stored in ${configPath()}; \`thresher logout\` deletes it.\n`))
}

/** Reads a line without showing it. */
async function ask(question: string, err: Output): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  // From here on the terminal does not show what is typed.
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true })
  err.write(question)
  try {
    return (await lines.question('')).trim()
  } finally {
    lines.close()
    err.write('\n')
  }
}
