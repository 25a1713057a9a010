import { changeJobs } from './change-jobs.ts'

export default () => changeJobs('resume', 'Resumes paused jobs from their last checkpoints.')
