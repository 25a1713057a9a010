import { Button } from '../../components/button.tsx'
import { FormField } from '../../components/form-field.tsx'
import { JobSelect } from '../../components/job-select.tsx'
import { useForm } from '../../form/form-context.ts'
import type { Json } from '../../form/path.ts'
import { plainText } from '../../form/words.ts'
import { useStoppedJobs } from '../../state/use-stopped-jobs.ts'
import { type JobChoice, jobOf } from './job-choice.ts'

interface JobsInputProps {
  choices: readonly JobChoice[]
  /** What the jobs are to the kind of the analysis. */
  hint: string | undefined
  onChange(jobs: Json): void
}

const NONE: JobChoice = { id: '', checkpoint: '' }

/** The analysed jobs in their order, each with a checkpoint. */
export function JobsInput({ choices, hint, onChange }: JobsInputProps) {
  const { mistakes } = useForm()
  const { data } = useStoppedJobs()
  const jobs = data?.data ?? []
  const set = (next: readonly JobChoice[]) => onChange(next.map(jobOf))
  const replace = (index: number, choice: JobChoice) =>
    set(choices.map((one, at) => (at === index ? choice : one)))
  const errorAt = (name: string) => mistakes.get(name)?.join(' ')
  const error = errorAt('jobs')
  return (
    <fieldset class="field entries" name="jobs">
      <legend>Jobs</legend>
      {hint && <p class="hint">{plainText(hint)}</p>}
      {choices.map((choice, index) => (
        <div key={index} class="job-choice">
          <JobSelect
            label={`Job ${index + 1}`}
            jobs={jobs}
            value={choice.id}
            error={errorAt(`jobs.${index}`)}
            onChange={id => replace(index, { ...choice, id })}
          />
          <CheckpointInput
            label={`Checkpoint of job ${index + 1}`}
            value={choice.checkpoint}
            error={errorAt(`jobs.${index}.checkpoint`)}
            onChange={checkpoint => replace(index, { ...choice, checkpoint })}
          />
          <div class="row end">
            {index > 0 && (
              <Button
                kind="quiet"
                label={`Move job ${index + 1} up`}
                onClick={() => set(movedUp(choices, index))}
              >
                <span aria-hidden="true">↑</span>
              </Button>
            )}
            <Button
              kind="quiet"
              label={`Remove job ${index + 1}`}
              onClick={() => set(choices.filter((_, at) => at !== index))}
            >
              <span aria-hidden="true">×</span>
            </Button>
          </div>
        </div>
      ))}
      {error && <p class="field-error">{error}</p>}
      <div>
        <Button onClick={() => set([...choices, NONE])}>Add a job</Button>
      </div>
    </fieldset>
  )
}

interface CheckpointInputProps {
  label: string
  value: string
  error: string | undefined
  onChange(value: string): void
}

function CheckpointInput({ label, value, error, onChange }: CheckpointInputProps) {
  return (
    <FormField label={label} error={error}>
      {attributes => (
        <input
          {...attributes}
          value={value}
          placeholder="its model; or best, latest, an epoch"
          autoComplete="off"
          spellcheck={false}
          onInput={event => onChange(event.currentTarget.value)}
        />
      )}
    </FormField>
  )
}

function movedUp(choices: readonly JobChoice[], index: number): JobChoice[] {
  const others = choices.filter((_, at) => at !== index)
  return [...others.slice(0, index - 1), choices[index]!, ...others.slice(index - 1)]
}
