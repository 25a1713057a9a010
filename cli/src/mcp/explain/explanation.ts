/** What a stable code of the service means, and what a caller can do. docs/guide.md shows those of warnings and failures as tables. */
export interface Explanation {
  meaning: string
  remedy: string
}
