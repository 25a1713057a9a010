import { EmptyState } from '../../components/empty-state.tsx'

export function JobPage() {
  return <EmptyState title="This page is not written yet." />
}
