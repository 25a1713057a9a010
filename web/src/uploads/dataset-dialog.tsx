import type { Dataset } from '@thresher/client'
import { useEffect, useId, useRef } from 'preact/hooks'
import { DatasetForm } from './dataset-form.tsx'

interface DatasetDialogProps {
  open: boolean
  onUploaded(dataset: Dataset): void
  onClose(): void
}

/** Uploads a dataset without leaving the page. */
export function DatasetDialog({ open, onUploaded, onClose }: DatasetDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useEffect(() => {
    if (open) dialog.current?.showModal()
    else dialog.current?.close()
  }, [open])
  return (
    <dialog ref={dialog} class="dialog wide" aria-labelledby={titleId} onClose={onClose}>
      <h2 id={titleId}>Upload a dataset</h2>
      {open && <DatasetForm onUploaded={onUploaded} onClose={onClose} />}
    </dialog>
  )
}
