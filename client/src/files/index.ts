export { type Downloaded, download } from './download.ts'
export { openFile } from './open-file.ts'
