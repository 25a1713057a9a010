import { changeJobs } from './change-jobs.ts'

export default () => changeJobs('pause', 'Pauses jobs: each makes a checkpoint and frees its worker.')
