import type { Analysis } from '@thresher/client'
import { Button } from '../../components/button.tsx'
import type { Column } from '../../components/data-table.tsx'
import { Facts } from '../../components/facts.tsx'
import { PagedTable } from '../../components/paged-table.tsx'
import { Panel } from '../../components/panel.tsx'
import { choiceCodec } from '../../state/codecs.ts'
import { urlState } from '../../state/url-state.ts'
import { describeResult } from './describe-result.ts'
import { KINDS } from './kinds.ts'
import { Picture } from './picture.tsx'
import type { ResultTable } from './result-table.ts'

const table = urlState('table', choiceCodec(['0', '1'], '0'))

/** What a finished study has found: its picture with a summary, its figures, and the table behind the picture. */
export function Findings({ analysis }: { analysis: Analysis }) {
  const found = describeResult(analysis)
  if (!found) return null
  const { title } = KINDS[analysis.kind]
  const isShown = table.value === '1' || !found.picture
  return (
    <Panel
      title={title}
      controls={
        found.picture && (
          <Button
            kind="quiet"
            pressed={isShown}
            label={`Table of ${title}`}
            onClick={() => {
              table.value = isShown ? '0' : '1'
            }}
          >
            Table
          </Button>
        )
      }
    >
      <div class="stack">
        {found.picture ? (
          <Picture analysisId={analysis.id} name={found.picture} title={title} summary={found.summary} />
        ) : (
          <p class="chart-note">{found.summary}</p>
        )}
        <Facts facts={found.facts} />
        {isShown && <Figures caption={title} table={found.table} />}
      </div>
    </Panel>
  )
}

interface NumberedRow {
  cells: string[]
  index: number
}

function Figures({ caption, table: { columns, rows } }: { caption: string; table: ResultTable }) {
  const shown = columns.map(
    (header, at): Column<NumberedRow> => ({
      ...{ id: header, header, numeric: at > 0 },
      cell: ({ cells }) => cells[at]!,
    }),
  )
  const numbered = rows.map((cells, index) => ({ cells, index }))
  return (
    <PagedTable caption={caption} columns={shown} rows={numbered} rowKey={({ index }) => String(index)} />
  )
}
