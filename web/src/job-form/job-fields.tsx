import { type ComponentChildren, Fragment } from 'preact'
import { FieldView } from '../form/field-view.tsx'
import { Fold } from '../form/fold.tsx'
import type { ObjectField } from '../form/form-model.ts'
import { nameOf } from '../form/path.ts'

/** What nearly every job sets, in this order. The other fields are folded. */
const FIRST = ['model', 'dataset', 'target', 'optimizer', 'epochs', 'batchSize', 'name']

interface JobFieldsProps {
  field: ObjectField
  /** Where the job is in the document of the form. */
  path?: string[]
  /** Beside the choice of the dataset. */
  datasetAction?: ComponentChildren
}

/** The fields of a job. */
export function JobFields({ field, path = [], datasetAction }: JobFieldsProps) {
  const others = Object.keys(field.fields).filter(key => !FIRST.includes(key))
  return (
    <div class="fields">
      {FIRST.map(key => (
        <Fragment key={key}>
          <JobField name={key} unfolded field={field} path={path} />
          {key === 'dataset' && datasetAction}
        </Fragment>
      ))}
      <Fold summary="More settings" names={others.map(key => nameOf([...path, key]))}>
        <div class="fields">
          {others.map(key => (
            <JobField key={key} name={key} field={field} path={path} />
          ))}
        </div>
      </Fold>
    </div>
  )
}

interface JobFieldProps {
  field: ObjectField
  path: string[]
  name: string
  unfolded?: boolean
}

function JobField({ name, field, path, unfolded = false }: JobFieldProps) {
  const one = field.fields[name]
  const isRequired = field.required.includes(name)
  return one ? (
    <FieldView path={[...path, name]} field={one} required={isRequired} unfolded={unfolded} />
  ) : null
}
