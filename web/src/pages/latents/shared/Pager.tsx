const PAGE = 50

/** The rows of a page, from and to, of so many: the wanted page, or the last one if there are fewer. */
export function rowsOfPage(wanted: number, count: number): { page: number; from: number; to: number } {
  const page = Math.max(0, Math.min(wanted, Math.ceil(count / PAGE) - 1))
  return { page, from: page * PAGE, to: Math.min(count, (page + 1) * PAGE) }
}

/** The page that a row is on. */
export const pageOfRow = (row: number): number => Math.floor(Math.max(0, row) / PAGE)

/** Which rows of a long table are shown, and the way to the others. */
export function Pager({ page, count, onPage }: { page: number; count: number; onPage: (page: number) => void }) {
  const { from, to } = rowsOfPage(page, count)
  return (
    <div className="row wrap">
      <button type="button" className="button" disabled={page === 0} onClick={() => { onPage(page - 1) }}>Earlier</button>
      <span className="soft">rows {Math.min(from + 1, count)} to {to} of {count}</span>
      <button type="button" className="button" disabled={to >= count} onClick={() => { onPage(page + 1) }}>Later</button>
    </div>
  )
}
