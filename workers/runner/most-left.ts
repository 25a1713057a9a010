/**
 * The resident memory that the tasks of a runner may leave behind, mostly in the allocator: a quarter of the memory of a new runner. If more is
 * left, the runner ends.
 */
export const MOST_LEFT_BYTES = 128e6
