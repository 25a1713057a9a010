import { rm } from 'node:fs/promises'
import { Command } from 'commander'
import { configPath } from '../config-file.ts'
import { localAction } from '../context.ts'
import { examples } from '../examples.ts'

export default function logout(): Command {
  return new Command()
    .description('Deletes the address and the key that `thresher login` has stored.')
    .addHelpText('after', examples('thresher logout'))
    .action(localAction(async () => rm(configPath(), { force: true })))
}
