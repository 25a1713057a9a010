/**
 * The resident memory that the tasks of a runner may leave behind, mostly in the allocator: half of the memory of a new runner. Small tasks
 * leave up to 150 MB. If more is left, the runner ends.
 */
export const MOST_LEFT_BYTES = 256e6
