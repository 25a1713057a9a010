import type { Dataset } from '@thresher/client'
import { useState } from 'preact/hooks'
import { Button } from '../components/button.tsx'
import { FormField } from '../components/form-field.tsx'
import { FieldView } from '../form/field-view.tsx'
import { FormProvider } from '../form/form-context.ts'
import type { Field } from '../form/form-model.ts'
import { Mistakes } from '../form/mistakes.tsx'
import { type Json, withValue } from '../form/path.ts'
import { useMistakes } from '../form/use-mistakes.ts'
import { useRequestForm } from '../form/use-request-form.ts'
import { guessDataset } from './guess-dataset.ts'
import { UploadProgress } from './upload-progress.tsx'
import { useUpload } from './use-upload.ts'

interface DatasetFormProps {
  onUploaded(dataset: Dataset): void
  onClose(): void
}

const NO_FIELDS: Field = { kind: 'object', fields: {}, required: [] }

/** The files of a dataset and their description, which follows from the names of the files as far as possible. */
export function DatasetForm({ onUploaded, onClose }: DatasetFormProps) {
  const { field, error: contractError } = useRequestForm('DatasetRequest')
  const [spec, setSpec] = useState<Json>({})
  const [files, setFiles] = useState<File[]>([])
  const upload = useUpload(onUploaded)
  const { atFields, elsewhere } = useMistakes(upload.error, field ?? NO_FIELDS, spec)
  const form = {
    ...{ labels: { '': 'Format' }, prominent: new Set<string>() },
    ...{ document: spec, usual: undefined, mistakes: atFields, suggestions: {} },
    change: (path: readonly (string | number)[], value: Json | undefined) =>
      setSpec(now => withValue(now, path, value) ?? {}),
  }
  return (
    <form
      class="stack"
      noValidate
      onSubmit={event => {
        event.preventDefault()
        upload.start(spec, files)
      }}
    >
      <FormField label="Files" hint="For example iris.csv, data.npz, or a zip of CLASS/image.png.">
        {attributes => (
          <input
            {...attributes}
            type="file"
            multiple
            name="files"
            onChange={({ currentTarget }) => {
              const chosen = [...(currentTarget.files ?? [])]
              setFiles(chosen)
              setSpec(now => ({ ...guessDataset(chosen.map(({ name }) => name)), ...(now as object) }))
            }}
          />
        )}
      </FormField>
      <FormProvider value={form}>{field && <FieldView path={[]} field={field} required />}</FormProvider>
      <Mistakes error={upload.error ?? contractError} elsewhere={elsewhere} />
      <UploadProgress {...upload} />
      <div class="row end">
        <Button
          onClick={() => {
            upload.stop()
            onClose()
          }}
        >
          Cancel
        </Button>
        <Button type="submit" kind="primary" disabled={upload.isRunning || files.length === 0}>
          Upload
        </Button>
      </div>
    </form>
  )
}
