import { Argument, Command } from 'commander'
import { SCRIPTS } from '../completion/scripts.ts'
import { localAction } from '../context.ts'
import { examples } from '../examples.ts'

export default function completion(): Command {
  return new Command()
    .description('Prints a script that completes commands, options and ids in a shell.')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(SCRIPTS)))
    .addHelpText(
      'after',
      examples(
        'thresher completion bash > ~/.local/share/bash-completion/completions/thresher',
        'thresher completion zsh > ~/.zfunc/_thresher',
        'thresher completion fish > ~/.config/fish/completions/thresher.fish',
      ),
    )
    .action(
      localAction(async ({ out }, shell: keyof typeof SCRIPTS) => {
        out.write(SCRIPTS[shell])
      }),
    )
}
