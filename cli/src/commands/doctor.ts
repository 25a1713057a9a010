import { Command } from 'commander'
import { action, type Context } from '../context.ts'
import type { Check } from '../doctor/check.ts'
import { checkMachine, checkNode } from '../doctor/check-machine.ts'
import { checkService } from '../doctor/check-service.ts'
import { examples } from '../examples.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { printJson, printLines } from '../print.ts'
import { findService } from '../service/find-service.ts'
import { harmless } from '../terminal/text.ts'

export default function doctor(): Command {
  return new Command()
    .description(
      'Checks the connection and this machine, and names what mends each fault. The exit code is 1 if there is one.',
    )
    .addHelpText(
      'after',
      examples('thresher doctor', 'thresher doctor --url https://thresher.example --json'),
    )
    .action(action(run))
}

async function run(context: Context): Promise<ExitCode> {
  const checks = [
    checkNode(),
    ...(await checkService(context.thresher, context.connection)),
    ...(await checkMachine(findService())),
  ]
  if (context.json) printJson(context, checks)
  else
    printLines(
      context,
      checks.flatMap(check => linesOf(check, context)),
    )
  return checks.some(({ status }) => status === 'failed') ? EXIT.failed : EXIT.succeeded
}

function linesOf(
  { name, status, detail, remedy }: Check,
  { outColors: { green, yellow, red, dim } }: Context,
): string[] {
  const mark = { ok: green('✓'), info: yellow('•'), failed: red('✗') }[status]
  return [`${mark} ${name.padEnd(8)} ${harmless(detail)}`, ...(remedy ? [dim(`           → ${remedy}`)] : [])]
}
