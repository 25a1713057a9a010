/** The scripts of the shells. Each calls `thresher complete` with the words up to the cursor, so it never has to be renewed. */
export const SCRIPTS = {
  bash: `_thresher() {
  local IFS=$'\\n' line
  COMPREPLY=()
  while read -r line; do
    COMPREPLY+=("\${line%%$'\\t'*}")
  done < <(thresher complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _thresher thresher
`,
  zsh: `#compdef thresher
_thresher() {
  local -a found
  local line
  for line in "\${(@f)$(thresher complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n $line ]] && found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  if (( \${#found} )); then _describe thresher found; else _files; fi
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _thresher "$@"; else compdef _thresher thresher; fi
`,
  // Files are candidates only where there is nothing else, as in the other shells.
  fish: `function __thresher_find
  set -g __thresher_found (thresher complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)
  test (count $__thresher_found) -gt 0
end
complete -c thresher -n __thresher_find -f -a '$__thresher_found'
`,
} as const
