import type { z } from 'zod'
import type { Mistake } from '#domain/error.ts'

type Issue = z.core.$ZodIssue

/** Every mistake that a schema found, one a path: an unknown key is a mistake of its own, a union tells its nearest branch. */
export function mistakesOf(issues: readonly Issue[], prefix: readonly PropertyKey[] = []): Mistake[] {
  return issues.flatMap(issue => {
    const path = [...prefix, ...issue.path]
    switch (issue.code) {
      case 'unrecognized_keys':
        return issue.keys.map(key => ({
          path: dotted([...path, key]),
          message: 'is not a field of this request',
        }))
      case 'invalid_union':
        return issue.errors.length > 0 ? mistakesOf(nearestBranch(issue.errors), path) : [plain(issue, path)]
      default:
        return [plain(issue, path)]
    }
  })
}

function plain(issue: Issue, path: readonly PropertyKey[]): Mistake {
  if (issue.code === 'invalid_type' && issue.input === undefined && !issue.message.includes('NaN')) {
    return { path: dotted(path), message: `is required: ${issue.message.toLowerCase()}` }
  }
  return { path: dotted(path), message: issue.message.replace(/^Invalid input: /, '') }
}

/** The branch of a union that the value came closest to: the one with the fewest mistakes. */
function nearestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  return [...branches].sort((a, b) => a.length - b.length)[0] ?? []
}

function dotted(path: readonly PropertyKey[]): string {
  return path.map(String).join('.')
}
