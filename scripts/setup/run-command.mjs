import { spawn } from 'node:child_process'

/**
 * Runs a command without a shell and resolves with its standard output. Rejects with an Error whose `output` contains the lines with the
 * reason.
 */
export function runCommand(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
    let output = ''
    let everything = ''
    child.stdout.setEncoding('utf8').on('data', text => {
      output += text
      everything += text
    })
    child.stderr.setEncoding('utf8').on('data', text => {
      everything += text
    })
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(output)
      const complaints = findComplaints(everything)
      const error = new Error(`${command} ended with ${signal ?? `code ${code}`}: ${complaints[0]}`)
      reject(Object.assign(error, { output: complaints.join('\n') }))
    })
  })
}

/** Whether the command exists and succeeds with these arguments. */
export function works(command, args) {
  return runCommand(command, args).then(
    () => true,
    () => false,
  )
}

/** The first lines of an output that contain "error", or else the last lines: they usually contain the reason why a tool failed. */
function findComplaints(output) {
  const lines = output.trimEnd().split('\n')
  const errors = lines.filter(line => /error/i.test(line))
  return errors.length > 0 ? errors.slice(0, 6) : lines.slice(-6)
}
