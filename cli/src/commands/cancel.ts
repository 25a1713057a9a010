import { changeJobs } from './change-jobs.ts'

export default () => changeJobs('cancel', 'Cancels jobs. Their checkpoints are kept.')
