export type { ArtifactSource } from './artifact-source.ts'
export { type Downloaded, download } from './download.ts'
export { openFile } from './open-file.ts'
export { DownloadError, type DownloadOptions, type DownloadProgress } from './receive.ts'
